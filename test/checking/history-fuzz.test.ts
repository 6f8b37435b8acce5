import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearizable, sequentiallyConsistent } from '../../src/testing/history/linearizable.ts';
import { operationsOf, linearizability, type Log } from '../../src/testing/history/ledger.ts';
import {
  casRegister,
  keyValue,
  queue,
  type CasRegisterInput,
  type KeyValueInput,
  type QueueInput,
} from '../../src/testing/history/objects.ts';
import type { Operation } from '../../src/testing/history/operation.ts';
import type { Specification } from '../../src/testing/history/specification.ts';
import type { Sent } from '../../src/testing/model/view.ts';
import { inProgramOrder, inRealTime, someOrder } from './support/brute-force.ts';

/** What a process wants: how long it waits, how long the operation is under way before and after it takes effect. */
interface Plan<TInput> {
  readonly process: number;
  readonly input: TInput;
  readonly wait: number;
  readonly before: number;
  readonly after: number;
  readonly lost: boolean;
}

const plans = <TInput>(input: fc.Arbitrary<TInput>, most: number): fc.Arbitrary<Plan<TInput>[]> =>
  fc.array(
    fc.record({
      process: fc.nat(2),
      input,
      wait: fc.nat(3),
      before: fc.nat(4),
      after: fc.nat(4),
      lost: fc.nat(9).map((n) => n === 0),
    }),
    { maxLength: most },
  );

/** A correct run: every operation takes effect at one moment between its call and its return; some returns are never heard of. */
function run<TState, TInput>(
  initial: TState,
  apply: (state: TState, input: TInput) => readonly [TState, unknown],
  wanted: readonly Plan<TInput>[],
): Operation<TInput>[] {
  const free = new Map<number, number>();
  const moments = wanted.map(({ process, input, wait, before, after, lost }, at) => {
    const call = (free.get(process) ?? 0) + 1 + 2 * wait;
    const moment = call + before + at / 1000;
    const end = call + before + after + 1;
    free.set(process, end);
    return { process, input, call, moment, end, lost };
  });
  let state = initial;
  return moments
    .toSorted((a, b) => a.moment - b.moment)
    .map(({ process, input, call, end, lost }) => {
      const [next, output] = apply(state, input);
      state = next;
      return lost ? { process, input, call } : { process, input, output, call, return: end };
    });
}

const small = fc.integer({ min: 0, max: 2 });
const registerInput: fc.Arbitrary<CasRegisterInput> = fc.oneof(
  fc.constant({ op: 'read' } as const),
  small.map((value) => ({ op: 'write', value }) as const),
  fc.tuple(small, small).map(([from, to]) => ({ op: 'cas', from, to }) as const),
);

const applyRegister = (state: number, input: CasRegisterInput): [number, unknown] => {
  if (input.op === 'read') return [state, state];
  if (input.op === 'write') return [input.value as number, undefined];
  return state === input.from ? [input.to as number, true] : [state, false];
};

const agree = <TState, TInput>(
  spec: Specification<TState, TInput>,
  history: readonly Operation<TInput>[],
): { readonly linear: boolean; readonly sequentially: boolean } => {
  const linear = linearizable(spec, history).verdict === 'holds';
  const sequentially = sequentiallyConsistent(spec, history).verdict === 'holds';
  expect(linear).toBe(someOrder(spec, history, inRealTime));
  expect(sequentially).toBe(someOrder(spec, history, inProgramOrder));
  return { linear, sequentially };
};

test('what a correct register did is in order', () => {
  fc.assert(
    fc.property(plans(registerInput, 40), (wanted) => {
      const history = run(0, applyRegister, wanted);
      expect(linearizable(casRegister(0), history).verdict).toBe('holds');
      expect(sequentiallyConsistent(casRegister(0), history).verdict).toBe('holds');
    }),
    { numRuns: 300 },
  );
});

test('what a correct key-value store did is in order', () => {
  const key = fc.constantFrom('x', 'y', 'z');
  const input: fc.Arbitrary<KeyValueInput> = fc.oneof(
    fc.record({ op: fc.constant('get' as const), key }),
    fc.record({ op: fc.constant('put' as const), key, value: small }),
  );
  const apply = (table: Record<string, unknown>, wish: KeyValueInput): [Record<string, unknown>, unknown] =>
    wish.op === 'put' ? [{ ...table, [wish.key]: wish.value }, undefined] : [table, table[wish.key] ?? null];
  fc.assert(
    fc.property(plans(input, 60), (wanted) => {
      const history = run<Record<string, unknown>, KeyValueInput>({}, apply, wanted);
      expect(linearizable(keyValue(), history).verdict).toBe('holds');
    }),
    { numRuns: 200 },
  );
});

test('the search agrees with trying every order, also where an output was changed', () => {
  const seen = { linear: 0, sequentialOnly: 0, neither: 0 };
  fc.assert(
    fc.property(
      plans(registerInput, 6),
      fc.array(fc.tuple(fc.nat(5), small), { maxLength: 2 }),
      (wanted, lies) => {
        const history = run(0, applyRegister, wanted);
        for (const [at, lie] of lies) {
          const told = history[at];
          if (told?.return !== undefined && told.input.op !== 'write')
            history[at] = { ...told, output: told.input.op === 'read' ? lie : lie > 0 };
        }
        const { linear, sequentially } = agree(casRegister(0), history);
        seen[linear ? 'linear' : sequentially ? 'sequentialOnly' : 'neither'] += 1;
      },
    ),
    { numRuns: 1500, seed: 20170214 },
  );
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(10);
});

test('so it does for queues', () => {
  const input: fc.Arbitrary<QueueInput> = fc.oneof(
    small.map((value) => ({ op: 'enqueue', value }) as const),
    fc.constant({ op: 'dequeue' } as const),
  );
  const apply = (items: readonly number[], wish: QueueInput): [readonly number[], unknown] =>
    wish.op === 'enqueue'
      ? [[...items, wish.value as number], undefined]
      : [items.slice(1), items[0] ?? null];
  fc.assert(
    fc.property(plans(input, 6), fc.nat(5), fc.nat(5), (wanted, a, b) => {
      const history = run<readonly number[], QueueInput>([], apply, wanted);
      const [first, second] = [history[a], history[b]];
      if (first?.return !== undefined && second?.return !== undefined && first.input.op === second.input.op) {
        history[a] = { ...first, output: second.output };
        history[b] = { ...second, output: first.output };
      }
      agree(queue(), history);
    }),
    { numRuns: 500 },
  );
});

test('two outputs changed for one another where it matters are found', () => {
  // Each write has a value of its own and nothing overlaps: a read has one right answer.
  const swapped = (count: number, a: number, b: number): Operation<CasRegisterInput>[] => {
    const rows = Array.from({ length: count }, (_, at): Operation<CasRegisterInput>[] => [
      { process: 'w', input: { op: 'write', value: at }, call: 4 * at, return: 4 * at + 1 },
      {
        process: 'r',
        input: { op: 'read' },
        output: at === a ? b : at === b ? a : at,
        call: 4 * at + 2,
        return: 4 * at + 3,
      },
    ]);
    return rows.flat();
  };
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.nat(), (count, x, y) => {
      const [a, b] = [x % count, y % count];
      const { verdict, parts } = linearizable(casRegister(), swapped(count, a, b));
      expect(verdict).toBe(a === b ? 'holds' : 'violated');
      if (a !== b) expect(parts[0]?.blame?.culprit.call).toBe(4 * Math.min(a, b) + 2);
    }),
  );
});

test('a history kept in a state means the same as the history that was put in', () => {
  const spec = casRegister(0);
  const { ledger, judge } = linearizability({
    object: spec,
    asked: ({ event }) =>
      event.type === 'ASK' ? { input: (event as unknown as { input: CasRegisterInput }).input } : undefined,
    answered: ({ event }) =>
      event.type === 'ANSWER' ? { output: (event as unknown as { output: unknown }).output } : undefined,
  });
  const logOf = (history: readonly Operation<CasRegisterInput>[]): Log => {
    const events = history.flatMap(({ process, input, output, call, return: end }) => {
      const name = String(process);
      const asked = {
        time: call,
        log: (log: Log) => ledger.sent?.(log, { from: name, to: 's', event: { type: 'ASK', input } } as Sent),
      };
      const answered = {
        time: (end ?? 0) + 0.5,
        log: (log: Log) =>
          ledger.delivered?.(log, { from: 's', to: name, event: { type: 'ANSWER', output } } as Sent),
      };
      return end === undefined ? [asked] : [asked, answered];
    });
    return events
      .sort((a, b) => a.time - b.time)
      .reduce<Log>((log, { log: next }) => next(log) ?? log, ledger.initial);
  };
  fc.assert(
    fc.property(plans(registerInput, 7), fc.nat(6), small, (wanted, at, lie) => {
      const history = run(0, applyRegister, wanted).filter(({ call, process }, index, all) =>
        // A process that lost an answer asks no more here: its next answer would be taken for the lost one.
        all.every(
          (other, before) =>
            before === index || other.process !== process || other.return !== undefined || other.call > call,
        ),
      );
      const told = history[at];
      if (told?.return !== undefined && told.input.op === 'read') history[at] = { ...told, output: lie };
      const log = logOf(history);
      expect(operationsOf(log).length).toBe(history.length);
      expect(judge(log).verdict).toBe(linearizable(spec, history).verdict);
    }),
    { numRuns: 500 },
  );
});

test('an object that may answer in several ways', () => {
  // A bag: takes any of its members.
  const bag: Specification<readonly number[], { put?: number }> = {
    initial: [],
    step: (members, { put }, output) => {
      if (put !== undefined) return [true, [...members, put].sort()];
      const at = members.indexOf(output as number);
      return [at >= 0, members.filter((_, index) => index !== at)];
    },
  };
  const rows = (second: number): Operation<{ put?: number }>[] => [
    { process: 'a', input: { put: 1 }, call: 0, return: 1 },
    { process: 'a', input: { put: 2 }, call: 2, return: 3 },
    { process: 'b', input: {}, output: 2, call: 4, return: 5 },
    { process: 'b', input: {}, output: second, call: 6, return: 7 },
  ];
  expect(linearizable(bag, rows(1)).verdict).toBe('holds');
  expect(linearizable(bag, rows(2)).verdict).toBe('violated');
});
