/** Let it crash: what becomes of an actor that fails is its supervisor's decision, and those who watch it are told. */
import { assign, setup } from 'xstate';
import { createSystem, reply, silentLogger, type ReplyTo, type Supervision } from 'troupe';

const clerk = setup({
  types: {
    context: {} as { served: number },
    events: {} as
      { type: 'SERVE' | 'SPILL' } | { type: 'COUNT'; replyTo?: ReplyTo<{ type: 'COUNTED'; served: number }> },
  },
}).createMachine({
  id: 'clerk',
  context: { served: 0 },
  on: {
    SERVE: { actions: assign({ served: ({ context }) => context.served + 1 }) },
    COUNT: { actions: reply(({ context }) => ({ type: 'COUNTED', served: context.served })) },
    SPILL: {
      actions: () => {
        throw new Error('tea on the books');
      },
    },
  },
});

const office = setup({}).createMachine({ id: 'office' });

await using system = await createSystem({
  log: silentLogger,
  onEscalated: (address, error) => console.log(`the system hears of ${address}: ${String(error)}`),
});

/** How an actor ends, once it does. */
const ending = async (address: string): Promise<string> =>
  new Promise((resolve) => {
    system.watch(address, ({ reason, error }) => resolve(`${reason}, ${String(error)}`));
  });

/** Serve two customers, spill tea, serve one more, and see what is left. */
async function tryOut(name: string, supervision: Supervision): Promise<void> {
  const ref = await system.spawn(clerk, { id: name, supervision });
  const ended = ending(name);
  for (const type of ['SERVE', 'SERVE', 'SPILL', 'SERVE'] as const) ref.send({ type });
  const outcome = await ref.ask({ type: 'COUNT' }).then(
    ({ served }) => `has served ${served}`,
    () => ended,
  );
  console.log(`${name}: ${outcome}`);
}

await tryOut('resume', { directive: 'resume' }); // forget the event, keep the state: 3
await tryOut('restart', { directive: 'restart' }); // begin anew, keep the mailbox: 1
await tryOut('stop', { directive: 'stop' }); // the end

// A directive may depend on the error; waits grow from restart to restart; the budget bounds them.
await tryOut('choose', {
  directive: (error) => (String(error).includes('tea') ? 'restart' : 'stop'),
  backoff: { initial: 20, factor: 2, max: 1_000, jitter: 0.2 },
});

const doomed = await system.spawn(clerk, {
  id: 'doomed',
  supervision: { maxRestarts: 2, within: 10_000, exhausted: 'stop' },
});
const end = ending('doomed');
for (let i = 0; i < 3; i++) doomed.send({ type: 'SPILL' });
console.log(`doomed, the third time: ${await end}`);

// Escalation: the child's failure becomes the parent's, whose own supervision decides; at the top the system is told.
const head = await system.spawn(office, { id: 'office', supervision: { directive: 'escalate' } });
const junior = await system.spawn(clerk, {
  id: 'junior',
  parent: head,
  supervision: { directive: 'escalate' },
});
const closed = ending('office');
junior.send({ type: 'SPILL' });
console.log(`office: ${await closed}`);
