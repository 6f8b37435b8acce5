import {
  encodeLine,
  type Line,
  type RecordedSnapshot,
  type RecordingHeader,
} from '../../monitoring/recording.ts';
import type { Trace } from '../model/trace.ts';
import type { ActorView, SystemState } from '../model/view.ts';

/** What a recording says of where it comes from. */
export type Origin = Omit<RecordingHeader, 'kind' | 'v' | 'system' | 'loop'>;

/**
 * A run as a recording (NDJSON, monitoring/recording.ts): the form the inspector opens. The first step is the start of all actors, and
 * after it each line has the snapshots that its step changed.
 */
export function toRecording(trace: Trace, origin: Origin): string {
  const header: RecordingHeader = {
    kind: 'recording',
    v: 1,
    system: trace.system,
    ...origin,
    ...(trace.loop === undefined ? {} : { loop: trace.loop + 1 }),
  };
  const start: Line = {
    kind: 'step',
    step: 0,
    action: { kind: 'start' },
    ...trace.opening,
    snapshots: snapshots(undefined, trace.initial),
  };
  let before = trace.initial;
  const lines = trace.steps.map(({ action, output, state, time }, at): Line => {
    const changed = snapshots(before, state);
    before = state;
    return {
      kind: 'step',
      step: at + 1,
      action: { ...action },
      ...output,
      snapshots: changed,
      ...(time === undefined ? {} : { time }),
    };
  });
  return [header, start, ...lines].map(encodeLine).join('');
}

const snapshots = (
  before: SystemState | undefined,
  after: SystemState,
): Readonly<Record<string, RecordedSnapshot>> => {
  const changed = Object.values(after.actors).filter((actor) => before?.actors[actor.name] !== actor);
  return Object.fromEntries(changed.map((actor) => [actor.name, kept(actor)]));
};

const kept = ({ status, value, context, output, error }: ActorView): RecordedSnapshot => ({
  status,
  value,
  context,
  ...(output === undefined ? {} : { output }),
  ...(error === undefined ? {} : { error }),
});
