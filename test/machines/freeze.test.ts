import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { AnyActorLogic, AnyStateMachine } from 'xstate';
import type { System } from 'troupe/testing';
import * as abdRegister from '../../examples/model-checking/abd-register.ts';
import * as alternatingBit from '../../examples/model-checking/alternating-bit.ts';
import * as circuitBreaker from '../../examples/model-checking/circuit-breaker.ts';
import * as dieHard from '../../examples/model-checking/die-hard.ts';
import * as increment from '../../examples/model-checking/increment.ts';
import * as paxosSynod from '../../examples/model-checking/paxos-synod.ts';
import * as paxos from '../../examples/model-checking/paxos.ts';
import * as pingPong from '../../examples/model-checking/ping-pong.ts';
import * as raft from '../../examples/model-checking/raft.ts';
import * as saga from '../../examples/model-checking/saga.ts';
import * as singleCopyRegister from '../../examples/model-checking/single-copy-register.ts';
import * as staleRead from '../../examples/model-checking/stale-read.ts';
import * as threePhaseCommit from '../../examples/model-checking/three-phase-commit.ts';
import * as transactionCommit from '../../examples/model-checking/transaction-commit.ts';
import * as twoPhaseCommit from '../../examples/model-checking/two-phase-commit.ts';
import { start } from '../../src/kernel/step.ts';
import { Model, type World } from '../checking/support/naive.ts';
import { Draw } from './support/draw.ts';
import { run } from './support/frozen-charts.ts';
import { charts, stimulus, withWork } from './support/our-charts.ts';
import { restored, Twins } from './support/restored.ts';

/** What a stored state may hold, so that what is compared is not nothing. */
const features = [
  'active child',
  'done child',
  'error child',
  'error',
  'done',
  'grandchild',
  'history',
  'input',
  'lost timer',
  'order',
  'synced',
  'systemId',
  'targeted timer',
  'timer',
  'transition logic',
];

// XState's development build warns of every event that comes too late.
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

describe('an actor that comes back from what was stored', () => {
  it('decides as if it had lived on: 250 random charts under random events', () => {
    const counts: Record<string, number> = {};
    const outcomes = { same: 0, endless: 0 };
    for (let seed = 1; seed <= 250; seed += 1) {
      const outcome = run(seed, (feature) => (counts[feature] = (counts[feature] ?? 0) + 1));
      if (typeof outcome === 'object')
        expect({ seed, ...outcome.restored }, JSON.stringify(outcome.after)).toEqual({
          seed,
          ...outcome.original,
        });
      else outcomes[outcome] += 1;
    }
    expect(outcomes).toEqual({ same: 221, endless: 29 });
    expect(features.filter((feature) => (counts[`stored ${feature}`] ?? 0) === 0)).toEqual([]);
  }, 60_000);
});

describe.each(Object.entries(charts))(
  'the %s that comes back from what was stored',
  (_name, [given, input]) => {
    const chart = given as AnyStateMachine;
    const logic = withWork(chart, () => undefined) as unknown as AnyActorLogic;

    it('decides as if it had lived on', () => {
      for (let seed = 1; seed <= 40; seed += 1) {
        const draw = new Draw(seed);
        const twins = new Twins(start(logic, input)[0]);
        for (let at = 0; at < 25; at += 1) {
          const [original, again] = twins.do(stimulus(draw, chart, twins), draw.chance(0.5));
          expect({ seed, at, ...again }).toEqual({ seed, at, ...original });
        }
      }
    });
  },
);

const systems = {
  abdRegister,
  alternatingBit,
  circuitBreaker,
  dieHard,
  increment,
  paxosSynod,
  paxos,
  pingPong,
  raft,
  saga,
  singleCopyRegister,
  staleRead,
  threePhaseCommit,
  transactionCommit,
  twoPhaseCommit,
} as unknown as Readonly<Record<string, { readonly system: () => System }>>;

const comeBack = (world: World): World => ({
  ...world,
  actors: Object.fromEntries(
    Object.entries(world.actors).map(([name, actor]) => [
      name,
      actor.alive ? { alive: true, state: restored(actor.state) } : actor,
    ]),
  ),
});

describe('a system of which every actor comes back from what was stored', () => {
  it.each(Object.entries(systems))('may do what it might have done: %s', (_name, { system }) => {
    const model = new Model(system());
    let compared = 0;
    for (let seed = 1; seed <= 3; seed += 1) {
      const draw = new Draw(seed);
      let world = model.initial();
      for (let at = 0; at < 25; at += 1) {
        const again = comeBack(world);
        expect({ seed, at, key: model.key(again) }).toEqual({ seed, at, key: model.key(world) });
        const edges = model.edges(world);
        const next = (of: World) => model.edges(of).map(({ to }) => model.key(to));
        expect({ seed, at, next: next(again) }).toEqual({ seed, at, next: next(world) });
        compared += edges.length;
        if (edges.length === 0) break;
        world = draw.of(edges).to;
      }
    }
    expect(compared).toBeGreaterThan(5);
  });
});
