import { afterAll, beforeAll, describe } from 'vitest';
import { createWorld, type Ground } from './world.ts';
import { stateBehaviour } from './state.ts';
import { timeBehaviour } from './time.ts';
import { effectBehaviour } from './effects.ts';
import { workBehaviour } from './works.ts';
import { refusalBehaviour } from './refusals.ts';
import { supervisionBehaviour } from './supervision.ts';
import { damageBehaviour } from './damage.ts';
import { lifeBehaviour } from './life.ts';
import { machineBehaviour } from './machines.ts';
import { talkBehaviour } from './talk.ts';

/** What durable actors do, wherever they are kept (D1-D6). */
export function durableContract(name: string, make: () => Promise<Ground>): void {
  describe(`durable actors: ${name}`, () => {
    let ground: Ground | undefined;
    beforeAll(async () => {
      ground = await make();
    });
    afterAll(async () => ground?.[Symbol.asyncDispose]());
    const world = createWorld(() => ground!);
    describe('state', () => stateBehaviour(world));
    describe('time', () => timeBehaviour(world));
    describe('effects', () => effectBehaviour(world));
    describe('works', () => workBehaviour(world));
    describe('refusals', () => refusalBehaviour(world));
    describe('supervision', () => supervisionBehaviour(world));
    describe('damage', () => damageBehaviour(world));
    describe('life', () => lifeBehaviour(world));
    describe('machines', () => machineBehaviour(world));
    describe('questions', () => talkBehaviour(world));
  });
}
