import type { AnyActorLogic, EventObject } from 'xstate';
import type { Line, Recording, RecordedMessage } from '../../monitoring/recording.ts';
import type { ActorSpec } from '../model/spec.ts';
import { Replica, type Divergence } from './replica.ts';
import { Post } from './post.ts';

/** The charts of a recording: by address, or found by a function. An actor without one is not judged. */
export type Cast =
  | Readonly<Record<string, ActorSpec | AnyActorLogic>>
  | ((address: string) => ActorSpec | AnyActorLogic | undefined);

export interface Conformance {
  readonly ok: boolean;
  /** Lines that were replayed and agreed. */
  readonly steps: number;
  /** Actors without a chart. */
  readonly skipped: readonly string[];
  /** The first line that the charts, or the guarantees of delivery, do not explain. */
  readonly divergence: (Divergence & { readonly line: Line }) | undefined;
}

/**
 * Does what was recorded from live actors follow from their charts? Every line is replayed through the chart of its actor (the kernel):
 * snapshot, messages and emitted events must be the same, in the same order. Deliveries must keep T1 (order between a pair) and T2
 * (at most once, and nothing that was never sent). Several recordings of one system may be given: one per process.
 */
export function conform(recordings: Recording | readonly Recording[], cast: Cast): Conformance {
  const lines = [recordings].flat().flatMap((recording: Recording) => recording.lines);
  const replicas = new Map<string, Replica | undefined>();
  const post = new Post(lines);
  let steps = 0;
  for (const line of lines) {
    const address = actorOf(line);
    if (address === undefined) continue;
    if (!replicas.has(address)) replicas.set(address, replicaOf(address, cast));
    const replica = replicas.get(address);
    const divergence = post.check(line) ?? replica?.replay(line);
    if (divergence !== undefined)
      return { ok: false, steps, skipped: without(replicas), divergence: { ...divergence, line } };
    if (replica !== undefined) steps += 1;
  }
  return { ok: true, steps, skipped: without(replicas), divergence: undefined };
}

/** The actor a line is about. */
const actorOf = ({ action }: Line): string | undefined =>
  action.kind === 'deliver'
    ? (action['sent'] as RecordedMessage).to
    : (action['actor'] as string | undefined);

const replicaOf = (address: string, cast: Cast): Replica | undefined => {
  const found = typeof cast === 'function' ? cast(address) : cast[address];
  if (found === undefined) return undefined;
  return new Replica(address, 'logic' in found ? found : { logic: found });
};

const without = (replicas: ReadonlyMap<string, Replica | undefined>): string[] =>
  [...replicas].filter(([, replica]) => replica === undefined).map(([address]) => address);

/** A divergence in words, with the line it was found at. */
export function explainDivergence({ divergence, steps }: Conformance): string {
  if (divergence === undefined) return `All ${steps} steps follow from the charts.`;
  const { line, actor, what, expected, found } = divergence;
  const event = (line.action['sent'] as { event?: EventObject } | undefined)?.event;
  const over = event === undefined ? line.action.kind : `${line.action.kind} ${JSON.stringify(event)}`;
  return [
    `Step ${line.step} (${over}) of "${actor}" does not follow: ${what}.`,
    `  by the chart: ${expected}`,
    `  recorded:     ${found}`,
    `  (${steps} steps before it agree)`,
  ].join('\n');
}
