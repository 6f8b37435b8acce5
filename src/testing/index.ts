/**
 * `troupe/testing`: paths, properties, simulation and a model checker for machines and for networks of machines. Everything here runs
 * the very charts that run in production.
 */
export { start, step, fire, settle, type Decision, type Outcome } from '../kernel/step.ts';
export type { Deed, Effect, Path, Taken } from '../kernel/effect.ts';
export type { ActorState, Timer } from '../kernel/state.ts';
export { keyOf, stateKey } from '../kernel/key.ts';

export { always, defineSystem, eventually, quiescent, sometimes } from './model/spec.ts';
export type {
  ActorSpec,
  Byzantine,
  Choices,
  Durable,
  Faults,
  Ledger,
  NetworkKind,
  Property,
  PropertyKind,
  Question,
  System,
} from './model/spec.ts';
export type { Action, ActionKind } from './model/action.ts';
export type { Output, Trace, TraceStep } from './model/trace.ts';
export type { ActorView, Sent, SystemState } from './model/view.ts';
