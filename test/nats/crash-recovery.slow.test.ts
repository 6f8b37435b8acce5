import { expect, it } from 'vitest';
import { run } from './support/command.ts';

it('examples/crash-recovery is killed at every point of its order, and loses and doubles nothing', async () => {
  const { code, out, err } = await run('examples/crash-recovery/main.ts', []).finished;
  expect({ code, err }, out.join('\n')).toEqual({ code: 0, err: '' });
  expect(out.at(-1)).toMatch(/^killed at [5-9]\d points: nothing was lost or done twice; /);
  expect(out.filter((line) => line.includes('unsaid: ask CHARGE')).length).toBe(2);
}, 300_000);
