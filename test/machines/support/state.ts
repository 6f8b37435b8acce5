import type {
  AnyActorRef,
  AnyEventObject,
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
