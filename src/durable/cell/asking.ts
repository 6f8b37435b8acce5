import type { AnyActorLogic } from 'xstate';
import { asking } from '../../actor/said.ts';

/** Is it the word `ask`? Then the runtime asks, and the question survives a crash; it is not run as a promise. */
export const isAsk = (logic: AnyActorLogic): boolean => asking in logic;
