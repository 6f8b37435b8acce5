import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate, toRecording, type Recording } from 'troupe/testing';
import { afterAll } from 'vitest';
import { circuitBreaker } from '../../../machines/circuit-breaker.ts';
import { system as teapots } from '../../../examples/10-simulate.ts';
import { toChart } from '../../../src/inspector/draw/to-chart.ts';
import { recordingSource } from '../../../src/inspector/source/recording.ts';
import type { Source } from '../../../src/inspector/source/source.ts';
import type { Entry } from '../../../src/monitoring/entry.ts';
import { recordable } from '../../../src/monitoring/recording.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** A file opened as a source. */
export async function opened(text: string): Promise<Source> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-recording-'));
  folders.push(folder);
  const file = join(folder, 'run.ndjson');
  await writeFile(file, text);
  return recordingSource(file);
}

export const textOf = (
  { header, lines }: Pick<Recording, 'header' | 'lines'>,
  more: readonly Entry[] = [],
): string => [header, ...lines, ...more].map((each) => `${JSON.stringify(recordable(each))}\n`).join('');

/** A run of examples/10-simulate.ts that breaks a property, with what a test says of others and of the breaker's chart. */
export function counterexample(): string {
  const { failure } = simulate(teapots({ remembers: false }), { seed: 7, runs: 1_000 });
  const chart = toChart(circuitBreaker);
  const more: Entry[] = [
    { kind: 'chart', hash: 'c0ffee', chart },
    {
      kind: 'property',
      name: 'the buyer is content',
      type: 'eventually',
      verdict: 'holds',
      searched: '1,000 seeds',
    },
    { kind: 'property', name: 'no actor fails', type: 'always', verdict: 'unknown', searched: 'too little' },
    {
      kind: 'coverage',
      machine: 'circuit-breaker',
      chart: 'c0ffee',
      states: { 'circuit-breaker': 1, 'circuit-breaker.closed': 4 },
      transitions: { 'circuit-breaker.closed:ACQUIRE:0': 4 },
    },
  ];
  const text = toRecording(failure!.trace, {
    source: 'simulate',
    property: failure!.property,
    replay: 'troupe simulate x',
  });
  return text + more.map((each) => `${JSON.stringify(each)}\n`).join('');
}
