import { assign, setup } from 'xstate';
import { defineSystem, type System, type SystemState } from 'troupe/testing';

/** An action of a specification with shared memory: when it is possible, and the memory after it. */
export interface MemoryAction<T> {
  readonly name: string;
  readonly when: (memory: T) => boolean;
  readonly then: (memory: T) => T;
}

/** Shared memory is no message passing: one actor holds it, and the environment chooses whose turn it is. */
export function memorySystem<T>(
  name: string,
  initial: T,
  actions: readonly MemoryAction<T>[],
  more: Partial<System> = {},
): System {
  const byName = new Map(actions.map((action) => [action.name, action]));
  const logic = setup({
    types: { context: {} as { memory: T }, events: {} as { type: string } },
    guards: { isPossible: ({ context, event }) => byName.get(event.type)!.when(context.memory) },
    actions: {
      act: assign(({ context, event }) => ({ memory: byName.get(event.type)!.then(context.memory) })),
    },
  }).createMachine({
    context: { memory: initial },
    on: Object.fromEntries(
      actions.map((each) => [each.name, { guard: 'isPossible', actions: 'act' } as const]),
    ),
  });
  const choices = actions.map(({ name: type }) => ({ type }));
  return defineSystem({ name, actors: { memory: { logic, choices } }, properties: [], ...more });
}

export const memoryOf = <T>({ actors }: SystemState): T =>
  (actors['memory']!.context as { memory: T }).memory;
