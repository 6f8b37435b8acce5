import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Access, AccessInput } from '../../src/testing/history/accesses.ts';
import { causal, type CausalModel } from '../../src/testing/history/causal.ts';
import { linearizable, sequentiallyConsistent } from '../../src/testing/history/linearizable.ts';
import { keyValue, type KeyValueInput } from '../../src/testing/history/objects.ts';
import type { Operation } from '../../src/testing/history/operation.ts';
import { sessions, type Guarantee } from '../../src/testing/history/sessions.ts';

/** `a: put x 1; get y -> 2 | b: …`, one process a part; `-` is nothing, `?` an outcome nobody knows. Each process in its own order. */
function parse(text: string): Access[] {
  return text.split('|').flatMap((line) => {
    const [process = '', steps = ''] = line.trim().split(': ');
    return steps.split('; ').map((step, at): Access => {
      const [, op, key = '', value = '', lost] = /^(get|put) (\w+) (?:-> )?([\w-]+)(\?)?$/.exec(step)!;
      const time = { call: 2 * at, ...(lost === undefined ? { return: 2 * at + 1 } : {}) };
      return op === 'put'
        ? { process, input: { op: 'put', key, value: Number(value) }, ...time }
        : { process, input: { op: 'get', key }, output: value === '-' ? null : Number(value), ...time };
    });
  });
}

const models: readonly CausalModel[] = ['causal', 'convergent', 'memory'];
const kept = (text: string): CausalModel[] =>
  models.filter((model) => causal(parse(text), { model }).verdict === 'holds');

describe('causal consistency', () => {
  // The histories that separate the models: figure 3 of Bouajjani et al. 2017.
  test.each<[string, string, CausalModel[]]>([
    ['memory but not convergent', 'a: put x 1; get x -> 2 | b: put x 2; get x -> 1', ['causal', 'memory']],
    [
      'convergent but not memory',
      'a: put z 1; put x 1; put y 1 | b: put x 2; get z -> -; get y -> 1; get x -> 2',
      ['causal', 'convergent'],
    ],
    ['causal only', 'a: put x 1 | b: put x 2; get x -> 1; get x -> 2', ['causal']],
    ['all but sequential', 'a: put x 1; get y -> - | b: put y 1; get x -> -', models.slice()],
    ['none: an effect without its cause', 'a: put x 1; put y 1 | b: get y -> 1; get x -> -', []],
    ['none: an overwritten value', 'a: put x 1; put x 2; put y 1 | b: get y -> 1; get x -> 1', []],
    ['none: a value nobody wrote', 'a: put x 1 | b: get x -> 7', []],
    ['none: a cause that is its own effect', 'a: get x -> 1; put y 1 | b: get y -> 1; put x 1', []],
    [
      'a lost write may be seen, or not',
      'a: put x 1?; get x -> - | b: get x -> 1; get x -> 1',
      models.slice(),
    ],
  ])('%s', (_name, text, models) => {
    expect(kept(text)).toEqual(models);
  });

  test('says which causes contradict what was read', () => {
    const { pattern, operations, text } = causal(
      parse('a: put x 1; put x 2; put y 1 | b: get y -> 1; put z 1 | c: get z -> 1; get x -> 1'),
    );
    expect(pattern).toBe('read of an overwritten value');
    expect(operations.length).toBe(7);
    expect(text).toBe(
      [
        'The history is not causally consistent: read of an overwritten value.',
        '  1. a: put x 1, then',
        '  2. a: put x 2, then',
        '  3. a: put y 1, read by',
        '  4. b: get y -> 1, then',
        '  5. b: put z 1, read by',
        '  6. c: get z -> 1, then',
        '  7. c: get x -> 1',
        '  The last one reads what the first wrote, and knows of a later write of that key.',
      ].join('\n'),
    );
  });

  test('a value that is written twice cannot be told apart, and a model has to be known', () => {
    expect(() => causal(parse('a: put x 1; put x 1'))).toThrow(
      expect.objectContaining({ code: 'INVALID_HISTORY' }),
    );
    expect(() => causal([{ process: 'a', input: { op: 'cas' } as never, call: 0 }])).toThrow(
      'reads and writes only',
    );
    expect(() => causal([], { model: 'eventual' as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('against the definitions', () => {
  /** Random reads of values that were written somewhere, by up to three processes, on one key (where the models part) or two. */
  const steps = (processes: number, keys: readonly string[]) =>
    fc.array(
      fc.record({
        process: fc.nat(processes - 1),
        key: fc.constantFrom(...keys),
        write: fc.boolean(),
        pick: fc.nat(5),
      }),
      { maxLength: 7 },
    );
  const histories = fc.oneof(steps(3, ['x', 'y']), steps(2, ['x'])).map((wanted): Access[] => {
    const values = (key: string): number[] =>
      wanted.flatMap((step, at) => (step.write && step.key === key ? [at + 1] : []));
    return wanted.map(({ process, key, write, pick }, at) => {
      const time = { process, call: 2 * at, return: 2 * at + 1 };
      if (write) return { ...time, input: { op: 'put', key, value: at + 1 } };
      const all = [null, ...values(key)];
      return { ...time, input: { op: 'get', key }, output: all[pick % all.length] };
    });
  });

  test('three models agree with trying every order', () => {
    const seen = { causal: 0, convergent: 0, memory: 0, none: 0, apart: 0 };
    fc.assert(
      fc.property(histories, (history) => {
        const found = models.filter((model) => causal(history, { model }).verdict === 'holds');
        const meant = models.filter((model) => definitions[model](history));
        expect(found).toEqual(meant);
        for (const model of found) seen[model] += 1;
        if (found.length === 0) seen.none += 1;
        if (found.length === 1 || found.length === 2) seen.apart += 1;
      }),
      { numRuns: 4000, seed: 1995 },
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(5);
  });

  test('what is sequentially consistent is causal in every model and keeps every guarantee', () => {
    let holds = 0;
    fc.assert(
      fc.property(histories, (history) => {
        const operations = history as Operation<KeyValueInput>[];
        const linear = linearizable(keyValue(), operations).verdict === 'holds';
        const sequentially = sequentiallyConsistent(keyValue(), operations).verdict === 'holds';
        if (linear) expect(sequentially).toBe(true);
        if (!sequentially) return;
        holds += 1;
        for (const model of models) expect(causal(history, { model }).verdict).toBe('holds');
        expect(sessions(history).verdict).toBe('holds');
      }),
      { numRuns: 2000, seed: 1979 },
    );
    expect(holds).toBeGreaterThan(200);
  });

  test('what breaks a session guarantee is not causal', () => {
    let broken = 0;
    fc.assert(
      fc.property(histories, (history) => {
        if (sessions(history).verdict === 'holds') return;
        broken += 1;
        expect(causal(history).verdict).toBe('violated');
      }),
      { numRuns: 2000, seed: 1994 },
    );
    expect(broken).toBeGreaterThan(200);
  });
});

/** Everything before everything, by the definition: what a process did, who read whose write, and what follows. */
function causesOf(history: readonly Access[]): (a: Access, b: Access) => boolean {
  const before = new Map<Access, Set<Access>>(history.map((access) => [access, new Set()]));
  for (const [at, b] of history.entries())
    for (const a of history.slice(0, at)) if (a.process === b.process) before.get(b)!.add(a);
  for (const b of history)
    for (const a of history)
      if (
        b.input.op === 'get' &&
        a.input.op === 'put' &&
        a.input.key === b.input.key &&
        a.input.value === b.output
      )
        before.get(b)!.add(a);
  for (let grown = true; grown;) {
    grown = false;
    for (const causes of before.values())
      for (const cause of [...causes])
        for (const earlier of before.get(cause)!)
          if (!causes.has(earlier)) {
            causes.add(earlier);
            grown = true;
          }
  }
  return (a, b) => before.get(b)!.has(a);
}

/** Is there an order of these that keeps `precedes` and in which these reads give what they gave? */
function ordered(
  left: readonly Access[],
  precedes: (a: Access, b: Access) => boolean,
  counts: (read: Access) => boolean,
  state: Readonly<Record<string, unknown>> = {},
): boolean {
  if (left.length === 0) return true;
  return left.some((access) => {
    const rest = left.filter((other) => other !== access);
    if (rest.some((other) => precedes(other, access))) return false;
    const { key = '' } = access.input;
    if (access.input.op === 'put')
      return ordered(rest, precedes, counts, { ...state, [key]: access.input.value });
    if (counts(access) && (state[key] ?? null) !== access.output) return false;
    return ordered(rest, precedes, counts, state);
  });
}

const isGet = ({ input: { op } }: { input: AccessInput }): boolean => op === 'get';

const definitions: Readonly<Record<CausalModel, (history: readonly Access[]) => boolean>> = {
  causal: (history) => {
    const precedes = causesOf(history);
    return history.every((read) => {
      const past = history.filter((other) => other === read || precedes(other, read));
      return precedes(read, read) ? false : !isGet(read) || ordered(past, precedes, (each) => each === read);
    });
  },
  memory: (history) => {
    const precedes = causesOf(history);
    return (
      history.every(({ process }) => {
        const seen = history.filter((each) => !isGet(each) || each.process === process);
        return ordered(seen, precedes, () => true);
      }) && definitions.causal(history)
    );
  },
  convergent: (history) => {
    const precedes = causesOf(history);
    if (history.some((each) => precedes(each, each))) return false;
    const reads = history.filter(isGet);
    const writes = history.filter((each) => !isGet(each));
    const suits = (order: readonly Access[]): boolean =>
      reads.every((read) => {
        const last = order.findLast((write) => write.input.key === read.input.key && precedes(write, read));
        return read.output === (last !== undefined && 'value' in last.input ? last.input.value : null);
      });
    const extend = (order: readonly Access[], left: readonly Access[]): boolean =>
      left.length === 0
        ? suits(order)
        : left.some((next) => {
            const rest = left.filter((other) => other !== next);
            return !rest.some((other) => precedes(other, next)) && extend([...order, next], rest);
          });
    return extend([], writes);
  },
};

describe('session guarantees', () => {
  test.each<[string, string, Guarantee[]]>([
    ['a process reads its own write', 'a: put x 1; get x -> -', ['read your writes']],
    ['or what came after it', 'a: put x 1; put x 2; get x -> 1', ['read your writes']],
    ['another value is not older', 'a: put x 1; get x -> 2 | b: put x 2', []],
    ['reads do not go back', 'a: put x 1; put x 2 | b: get x -> 2; get x -> 1', ['monotonic reads']],
    ['nor to nothing', 'a: put x 1 | b: get x -> 1; get x -> -', ['monotonic reads']],
    [
      'writes are seen in their order',
      'a: put x 1; put y 2 | b: get y -> 2; get x -> -',
      ['monotonic writes'],
    ],
    [
      'a write is seen after what its writer had read',
      'a: put x 1 | b: get x -> 1; put y 2 | c: get y -> 2; get x -> -',
      ['writes follow reads'],
    ],
    [
      'an effect of an effect is causality, not a guarantee of a session',
      'a: put x 1; put y 1 | b: get y -> 1; put z 1 | c: get z -> 1; get x -> -',
      [],
    ],
    ['a lost write need not be seen', 'a: put x 1?; get x -> -', []],
  ])('%s', (_name, text, broken) => {
    const { verdict, violations } = sessions(parse(text));
    expect(violations.map(({ guarantee }) => guarantee)).toEqual(broken);
    expect(verdict).toBe(broken.length === 0 ? 'holds' : 'violated');
  });

  test('says what was relied on', () => {
    const { violations, text } = sessions(
      parse('a: put x 1 | b: get x -> 1; put y 2 | c: get y -> 2; get x -> -'),
    );
    expect(violations[0]?.operations.map(({ process }) => process)).toEqual(['b', 'b', 'c', 'c']);
    expect(text).toContain(
      'Not kept: writes follow reads.\n  1. b: get x -> 1\n  2. b: put y 2\n  3. c: get y -> 2\n  4. c: get x -> null',
    );
  });

  test('revisions of the store order what causes do not', () => {
    const rows: readonly (readonly [string, AccessInput, unknown, number])[] = [
      ['a', { op: 'put', key: 'x', value: 1 }, undefined, 1],
      ['b', { op: 'put', key: 'x', value: 2 }, undefined, 2],
      ['c', { op: 'get', key: 'x' }, 2, 2],
      ['c', { op: 'get', key: 'x' }, 1, 1],
    ];
    const history = rows.map(([process, input, output], at): Access => ({
      process,
      input,
      output,
      call: 2 * at,
      return: 2 * at + 1,
    }));
    const revision = (access: Access): number | undefined => rows[history.indexOf(access)]?.[3];
    expect(sessions(history).verdict).toBe('holds');
    expect(sessions(history, { revision }).violations.map(({ guarantee }) => guarantee)).toEqual([
      'monotonic reads',
    ]);
    expect(sessions(history, { revision, guarantees: ['read your writes'] }).verdict).toBe('holds');
    expect(() => sessions(history, { guarantees: ['monotone reads' as never] })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
