import { describe } from 'vitest';
import { busBehaviour } from './bus.ts';
import { lifeBehaviour } from './life.ts';
import { logicBehaviour } from './logics.ts';
import { messageBehaviour } from './messages.ts';
import { serviceBehaviour } from './services.ts';
import { supervisionBehaviour } from './supervision.ts';
import { worldOn, type Make } from './world.ts';

/** What whole systems do, whatever carries their messages. */
export function systemContract(name: string, make: Make): void {
  describe(`system contract: ${name}`, () => {
    const world = worldOn(make);
    describe('messages', () => messageBehaviour(world));
    describe('life', () => lifeBehaviour(world));
    describe('kinds of logic', () => logicBehaviour(world));
    describe('supervision', () => supervisionBehaviour(world));
    describe('services', () => serviceBehaviour(world));
    describe('bus', () => busBehaviour(world));
  });
}
