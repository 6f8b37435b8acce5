import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assign, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { defineSystem, type System } from '../../src/testing/model/spec.ts';
import { simulate } from '../../src/testing/simulate/simulate.ts';
import type { SimulateOptions } from '../../src/testing/simulate/options.ts';
import { everything } from './support/everything.ts';

const faults = { lose: 3, duplicate: 3, crash: 2, partition: 2, corrupt: 2, forge: 1 };

const transcriptOf = (system: System, options: SimulateOptions): string => {
  const lines: string[] = [];
  simulate(system, { runs: 20, steps: 200, ...options, transcript: (line) => lines.push(line) });
  return lines.join('\n');
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

describe('one seed', () => {
  it('gives one transcript, byte for byte, which is pinned', () => {
    const one = transcriptOf(everything('ordered', faults), { seed: 5 });
    const other = transcriptOf(everything('ordered', faults), { seed: 5 });
    expect(one).toBe(other);
    expect(hash(one)).toBe('0493e5d93e5fd8d6');
    expect(hash(transcriptOf(everything('unordered', faults), { seed: 5 }))).toBe('ecab4bb0bc02c6bc');
  });

  it('gives another transcript than another seed', () => {
    const system = everything('ordered', faults);
    expect(transcriptOf(system, { seed: 5 })).not.toBe(transcriptOf(system, { seed: 6 }));
  });

  it('gives the same in another process', async () => {
    const file = fileURLToPath(new URL('./support/print-transcript.ts', import.meta.url));
    const args = ['--conditions=troupe-source', '--import', 'tsx', file, '5'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
    expect(hash(stdout.trimEnd())).toBe(hash(transcriptOf(everything('ordered', faults), { seed: 5 })));
  });

  it('performs a failing run of many again when it is given alone', () => {
    const system = everything('ordered', faults);
    const many = { ...system, properties: [{ name: 'no', kind: 'always' as const, holds: () => true }] };
    const traces: string[] = [];
    simulate(many, { seed: 5, runs: 3, record: ({ steps }) => traces.push(JSON.stringify(steps)) });
    expect(new Set(traces).size).toBe(3);
  });
});

describe('an actor that is not deterministic', () => {
  it('is reported with the step where it was another', () => {
    let calls = 0;
    const logic = setup({ types: { context: {} as { n: number } } }).createMachine({
      context: { n: 0 },
      on: { GO: { actions: assign({ n: () => ++calls }) } },
    });
    const system = defineSystem({
      name: 'wavering',
      actors: { one: { logic, choices: [{ type: 'GO' }] } },
      properties: [],
    });
    const { ok, failure } = simulate(system, { runs: 3 });
    expect([ok, failure?.property, failure?.actions.map(({ kind }) => kind)]).toEqual([
      false,
      'every actor is deterministic',
      ['choose'],
    ]);
  });
});
