import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { natsServer } from '../support/server.ts';
import { run } from './support/command.ts';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));

/** What each example ends with. */
const endings: Readonly<Record<string, readonly string[]>> = {
  '01-ping-pong.ts': ['pong misses', 'ping misses', 'ping is done after 3 hits', 'pong is done after 2 hits'],
  '02-request-reply.ts': [
    'there are 7 pounds of tea',
    'TIMEOUT: "stock" did not answer "PONDER" within 50 ms; whether it took effect is unknown.',
    'NO_SUCH_ACTOR: There is no actor "nobody": check the address, or spawn it first.',
    'they cost 87.5 crowns',
    'NOT_FOR_SALE: We sell no coffee.',
  ],
  '03-publish-subscribe.ts': [
    'audit: order.shipped 1',
    'audit: order.shipped 2',
    'mail: order.shipped 1',
    'mail: order.shipped 2',
    'warehouse: order.paid 1',
    'warehouse: order.paid 2',
    'dead letters: 6 by the handler that fails',
  ],
  '04-supervision.ts': [
    'resume: has served 3',
    'restart: has served 1',
    'stop: failed, Error: tea on the books',
    'choose: has served 1',
    'doomed, the third time: failed, Error: tea on the books',
    'the system hears of office: TroupeError: The child "office/junior" failed and escalated: tea on the books',
    'office: failed, TroupeError: The child "office/junior" failed and escalated: tea on the books',
  ],
  '05-circuit-breaker.ts': [
    'the bank comes back',
    '  * bank: breaker.halfOpened, 50 % of 6 calls had failed',
    'paid 10',
    'paid 11',
    '  * bank: breaker.closed, 0 % of 2 calls had failed',
    'paid 12',
    '12 calls, of which 9 reached the bank; the breaker is closed',
  ],
  '06-saga.ts': ['  * Venice: saga.step.compensated (flight)', '  * Venice: saga.compensated'],
  '07-workflow.ts': [
    '  * workflow.step.started (ship)',
    '  * workflow.step.completed (ship)',
    '  * workflow.completed',
  ],
  '08-two-processes.ts': [
    'process two has joined, nodes besides this one: 1',
    'hello one, from process two',
    'killed process two; its watcher is told: node-down',
    'TroupeError: There is no actor "greeter": check the address, or spawn it first.',
  ],
  '09-test-paths.ts': [
    'the live actor ignored 6 events, as the chart says',
    '1 of 2 paths failed.',
    '',
    'Path 1 of 2. The system under test leaves the path before the first step over COIN {"value":1}, which had to change nothing.',
    '',
    '✗   0  locked',
    '       value: expected "locked", found "open"',
    '       context.coins: expected 0, found 1',
    '       (2 more)',
  ],
  '10-simulate.ts': [
    '  "no teapot is sold twice" fails; the shortest run that was found:',
    '      10 ms  deliver BUY to shop',
    '    1000 ms  timeout {"kind":"timeout","actor":"buyer","path":[],"timer":"xstate.after.1000.buyer.buying"}',
    '    1001 ms  deliver BUY to shop',
  ],
  '11-two-phase-commit.ts': [
    'first: 70 from north to south: transaction.committed',
    'second: 70 from north to south: transaction.aborted',
    'third: the coordinator is gone, north is prepared and waits',
    'third: its successor reads the log: transaction.committed',
    'north has 0, south has 100',
  ],
  '12-properties.ts': ['again: "no debts" fails after 4 moves'],
  '13-histories.ts': [
    '> 3: read -> 2 (from 9 to 14)',
    'The history keeps read your writes, monotonic reads, monotonic writes, writes follow reads.',
  ],
  '14-conform.ts': [
    'All 8 steps follow from the charts.',
    'Step 6 (deliver {"type":"TEA"}) of "kitchen" does not follow: its context is another.',
    '  by the chart: {"cups":2}',
    '  recorded:     {"cups":3}',
    '  (6 steps before it agree)',
  ],
  '15-queue.ts': [
    'mailer/bob sends the postcard',
    'mailer/bob sends the invoice',
    'dead letter: brick for mailer/bob after 3 attempts, "mailer/bob" failed over "MAIL": too heavy',
  ],
  '16-durable.ts': [
    'the first process is gone',
    "ann's basket: tea, cups",
    'its timer, set by the first process, has run out',
    '1: start, ADD → filling',
    '2: ADD → filling',
    '3: timer → forgotten',
    'a replica comes to the same states',
  ],
  '17-inspect.ts': ['inspector: http://127.0.0.1:…/#token=…', 'poured cup 1', 'the inspector sees 1 actor'],
};

/** What is said besides, in no fixed place among what others say. */
const remarks: Readonly<Record<string, readonly string[]>> = {
  '05-circuit-breaker.ts': ['not even tried (CIRCUIT_OPEN)'],
  '06-saga.ts': ['  Lisbon is completed', '  Venice is compensated: no car left in Venice'],
  '07-workflow.ts': [
    'it is running, has skipped gift, and waits for somebody who ships',
    'it is completed: <order 42, 2 items, paid 4200 cents>',
  ],
  '12-properties.ts': ['wallet: 200 runs (seed 1): all properties hold', '       balance: 0 → -1'],
  '15-queue.ts': [
    'sent again: true, the same message: true',
    'mailer/ann sends the parcel',
    'mailer/ann sends the letter',
  ],
  '13-histories.ts': [
    'one copy, 12 operations: The history is linearizable.',
    'The history is not linearizable.',
  ],
};

describe('the numbered examples', () => {
  it('are all tested', async () => {
    const files = (await readdir(folder)).filter((name) => /^\d\d-.*\.ts$/.test(name));
    expect(files.sort()).toEqual(Object.keys(endings));
  });

  it.each(Object.entries(endings))('%s runs alone and ends as it should', async (name, ending) => {
    const { code, out, err } = await run(`examples/${name}`, []).finished;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.slice(-ending.length)).toEqual(ending);
    expect(out).toEqual(expect.arrayContaining([...(remarks[name] ?? [])]));
  });

  it.each<[string, readonly string[], number, readonly string[]]>([
    [
      'paths',
      ['--export', 'order', '--cases', 'examples/testing/cases.ts'],
      0,
      [
        '1. open · ADD {"cents":100} → open · PLACE → paying · PAID → paid',
        '2. open · ADD {"cents":100} → open · PLACE → paying · DECLINED → declined',
        '3. open · ADD {"cents":100} → open · PLACE → paying · after 1000 ms → paying · after 1000 ms → failed',
      ],
    ],
    ['check', ['--param', 'lose=2'], 1, ['"a failed order costs nothing" fails after 7 steps:']],
    ['check', [], 0, ['    order.paying DECLINED → order.declined', '    bank CHARGE → stays']],
    [
      'simulate',
      ['--param', 'remembers=false', '--seed', '7'],
      1,
      ['  1  order chooses ADD { cents: 100 }  (0 ms)', '  4  lost: PAID from bank to order  (20 ms)'],
    ],
  ])(
    'docs/testing.md says what troupe %s says of its order, with %j',
    async (command, options, code, lines) => {
      const args = [command, 'examples/testing/order.ts', ...options];
      const found = await run('src/cli/main.ts', args).finished;
      expect({ code: found.code, err: found.err }).toEqual({ code, err: '' });
      expect(found.out).toEqual(expect.arrayContaining([...lines]));
    },
  );

  it('08-two-processes.ts uses the server that NATS_URL names', async () => {
    await using server = await natsServer();
    const { code, out } = await run('examples/08-two-processes.ts', [], { NATS_URL: server.url }).finished;
    expect([code, out]).toEqual([0, endings['08-two-processes.ts']]);
  });
});
