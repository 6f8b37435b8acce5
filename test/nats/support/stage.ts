import { assign, emit, setup } from 'xstate';
import { createSystem, defineService, reply, silentLogger, TroupeError, type ReplyTo } from 'troupe';
import { nats } from 'troupe/nats';

/**
 * A process that hosts actors for the tests of the commands: `NATS_URL=… node … stage.ts [name]`. It says "ready", and
 * with "ended" that it has left the system after SIGTERM.
 */
interface Total {
  readonly type: 'TOTAL';
  readonly count: number;
  readonly when: Date;
  readonly ids: Set<bigint>;
  readonly parts: Map<string, Uint8Array>;
}

const counter = setup({
  types: {
    context: {} as { count: number; note: string },
    events: {} as
      | { type: 'ADD'; by: number }
      | { type: 'TOTAL'; replyTo?: ReplyTo<Total> }
      | { type: 'REFUSE' | 'SILENCE'; replyTo?: ReplyTo<Total> }
      | { type: 'PAUSE' | 'FINISH' | 'FAIL' },
    emitted: {} as { type: 'counter.added'; by: number },
  },
  actions: { add: assign({ count: ({ context }, { by }: { by: number }) => context.count + by }) },
}).createMachine({
  id: 'counter',
  context: { count: 0, note: 'same' },
  initial: 'counting',
  output: ({ context }) => context.count,
  on: {
    TOTAL: {
      actions: reply(({ context }) => ({
        type: 'TOTAL',
        count: context.count,
        when: new Date(0),
        ids: new Set([12345678901234567890n]),
        parts: new Map([['head', new Uint8Array([1, 2, 3])]]),
      })),
    },
    REFUSE: { actions: reply(() => new TroupeError('NOT_TODAY', 'The counter refuses.')) },
    SILENCE: {},
    FINISH: '.finished',
    FAIL: {
      actions: () => {
        throw new Error('no more');
      },
    },
  },
  states: {
    counting: {
      on: {
        ADD: {
          actions: [
            { type: 'add', params: ({ event }) => ({ by: event.by }) },
            emit(({ event }) => ({ type: 'counter.added', by: event.by })),
          ],
        },
        PAUSE: 'paused',
      },
    },
    paused: { initial: 'fresh', states: { fresh: {} } },
    finished: { type: 'final' },
  },
});

const echo = defineService<{ echo(input: string): string }>({ echo: (input) => input });

const [name = 'stage', many = '0'] = process.argv.slice(2);
const system = await createSystem({
  node: name,
  transport: nats({ servers: process.env['NATS_URL']! }),
  log: silentLogger,
});
await system.spawn(counter, { id: `${name}/counter`, supervision: { directive: 'stop' } });
await system.serve(`${name}/echo`, echo, { instances: 2, input: {} });
for (let i = 0; i < Number(many); i++) await system.spawn(counter);
process.on('SIGTERM', () => void system.stop().then(() => process.stdout.write('ended\n')));
process.stdout.write(`ready ${system.node}\n`);
