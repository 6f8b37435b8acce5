import { expect, it } from 'vitest';
import { Reports } from '../../src/durable/cell/reports.ts';

it('what is wrong with an actor is said once, and again when it is something else', () => {
  const said: string[] = [];
  const reports = new Reports((address, error) => void said.push(`${address} ${(error as Error).message}`));
  for (const what of ['broken', 'broken', 'gone', 'broken']) reports.report('a', new Error(what));
  reports.report('b', new Error('broken'));
  expect(said).toEqual(['a broken', 'a gone', 'a broken', 'b broken']);
});

it('only the last thousand are remembered', () => {
  let said = 0;
  const reports = new Reports(() => void (said += 1));
  for (let n = 0; n <= 1_000; n++) reports.report(`actor/${n}`, new Error('broken'));
  reports.report('actor/1', new Error('broken'));
  expect(said).toBe(1_001);
  reports.report('actor/0', new Error('broken'));
  expect(said).toBe(1_002);
});
