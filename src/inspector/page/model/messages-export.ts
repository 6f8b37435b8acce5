import type { Entry } from '../../../monitoring/entry.ts';
import type { Sequence } from '../../draw/sequence.ts';
import type { Diagram } from './messages-diagram.ts';
import { eventText } from './messages-same.ts';

/** Messages in an exported diagram, at most. */
const MOST = 5_000;

/** What of a diagram the server needs to draw it. */
export const sequenceOf = ({ lifelines, groups, marks, paths, rows }: Diagram): Sequence => ({
  lifelines: lifelines.map(({ label }) => label),
  groups,
  marks: marks.map(({ column, row }) => ({ column, row })),
  messages: paths
    .slice(0, MOST)
    .map(({ arrow: { event, kind, fate, duplicate, reason = '', to }, ...path }) => ({
      ...path,
      kind,
      fate,
      duplicate,
      to,
      reason: reason.slice(0, 100),
      name: eventText(event).slice(0, 100),
    })),
  rows,
});

/** The entries as lines of a recording, which `troupe inspect FILE` opens. */
export function toNdjson(entries: readonly Entry[], system: string): string {
  const header = { kind: 'recording', v: 1, source: 'live', system };
  return [header, ...entries].map((each) => `${JSON.stringify(each)}\n`).join('');
}
