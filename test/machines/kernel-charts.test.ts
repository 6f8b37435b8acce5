import { describe, expect, it } from 'vitest';
import type { AnyActorLogic, AnyStateMachine } from 'xstate';
import { withVoice } from '../../src/actor/speak.ts';
import { compare } from './support/compare.ts';
import { Draw } from './support/draw.ts';
import { Interpreted } from './support/interpreted.ts';
import { charts, stimulus, withWork } from './support/our-charts.ts';

describe.each(Object.entries(charts))('the %s', (_name, [given, input]) => {
  const chart = given as AnyStateMachine;

  it('decides in the kernel what it does in XState', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const draw = new Draw(seed);
      const interpreted: Interpreted = new Interpreted(
        () => withVoice(withWork(chart, interpreted.heard)) as unknown as AnyStateMachine,
      );
      const logic = withWork(chart, () => undefined) as unknown as AnyActorLogic;
      const verdict = compare(interpreted, input, logic, (stepped, at) =>
        at < 25 ? stimulus(draw, chart, stepped) : undefined,
      );
      expect({ seed, verdict }).toEqual({ seed, verdict: 'same' });
    }
  });
});
