import type { Effect } from '../../kernel/effect.ts';
import type { ActorState } from '../../kernel/state.ts';
import type { Observation } from './sut.ts';

/** What the chart says is to be seen in a state, after the step that led to it. */
export function expectedOf(state: ActorState, effects: readonly Effect[]): Required<Observation> {
  const { status, value, context, output, error } = state.snapshot;
  return {
    status,
    value,
    context,
    output,
    error,
    children: Object.keys(state.children)
      .filter((id) => state.children[id]?.snapshot.status === 'active')
      .sort(),
    timers: timersOf(state).sort(),
    said: effects.flatMap(({ deed }) => {
      if (deed.kind === 'send' || deed.kind === 'reply') return [{ to: deed.to, event: deed.event }];
      return deed.kind === 'refuse' ? [{ to: deed.to, event: deed.error }] : [];
    }),
    emitted: effects.flatMap(({ from, deed }) =>
      from.length === 0 && deed.kind === 'emit' ? [deed.event] : [],
    ),
  };
}

/** As in {@link Observation}. */
export const timerName = (path: readonly string[], id: string, delay: number): string =>
  `${[...path, id].join('/')} ${delay} ms`;

const timersOf = ({ timers, children }: ActorState, path: readonly string[] = []): string[] => [
  ...timers.map(({ id, delay }) => timerName(path, id, delay)),
  ...Object.entries(children).flatMap(([id, child]) => timersOf(child, [...path, id])),
];
