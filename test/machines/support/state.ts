import type {
  ActorLogic,
  AnyActorRef,
  AnyEventObject,
  AnyStateMachine,
  EventObject,
  MachineContext,
  MachineSnapshot,
  MetaObject,
  StateSchema,
  StateValue,
} from 'xstate';

/** A snapshot of any chart, without the `any` of XState's own type for it. */
export type State = MachineSnapshot<
  MachineContext,
  AnyEventObject,
  Record<string, AnyActorRef | undefined>,
  StateValue,
  string,
  unknown,
  MetaObject,
  StateSchema
>;

/** Any chart as logic over such snapshots. */
export const asLogic = (machine: AnyStateMachine): ActorLogic<State, EventObject> => machine;
