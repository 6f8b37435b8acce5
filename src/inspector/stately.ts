import { liveSource, type LiveSystem } from './source/live.ts';
import { createStatelyAdapter, type StatelyInspectionEvent } from './source/stately-events.ts';

export interface StatelyOptions {
  /** Lines a second at most; of more, whole conversations are left out. Default 1,000. */
  readonly rate?: number;
}

const RATE = 1_000;

/**
 * Tell a viewer that speaks Stately's inspector protocol what a running system does, until it is closed. `send` gets one event at a time; what it does
 * with it is its own: `(event) => socket.send(JSON.stringify(event))`.
 */
export function statelyEvents(
  system: LiveSystem,
  send: (event: StatelyInspectionEvent) => void,
  { rate = RATE }: StatelyOptions = {},
): { close(): Promise<void> } {
  const source = liveSource(system);
  const adapt = createStatelyAdapter();
  source.watch({
    interest: { rate },
    emit: (entries) => {
      for (const event of adapt(entries)) send(event);
      return true;
    },
  });
  return { close: () => source.close() };
}
