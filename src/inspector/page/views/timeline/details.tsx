import type { RecordedSnapshot } from '../../../../monitoring/recording.ts';
import { labelOf } from '../../model/messages-diagram.ts';
import { eventText } from '../../model/messages-same.ts';
import type { Arrow } from '../../model/messages-traffic.ts';
import type { Row, Segment } from '../../model/timeline-rows.ts';
import { ValueTree } from '../../parts/value.tsx';
import { cut, cutId, stateText } from '../../parts/words.ts';
import { toHash } from '../../selection.ts';
import type { Threads } from '../messages/derive.ts';
import { ActorLink } from '../messages/panels.tsx';
import { segmentText } from './lanes.tsx';

/** Messages that are listed at most, at each side. */
const MOST = 20;

const Messages = ({ arrows, to }: { readonly arrows: readonly Arrow[]; readonly to: boolean }) =>
  arrows.length === 0 ? (
    <p class="soft">none</p>
  ) : (
    <ul class="told">
      {arrows.slice(0, MOST).map((arrow) => (
        <li key={arrow.key}>
          <details>
            <summary>
              {cut(eventText(arrow.event), 50)} <span class="soft">{to ? 'to' : 'from'}</span>{' '}
              {cutId(labelOf(to ? arrow.to : arrow.from), 50)}
              {arrow.fate === 'delivered' ? null : <span class="tone-bad"> {arrow.fate}</span>}
            </summary>
            <ValueTree value={arrow.event} />
            <a href={toHash({ view: 'messages', message: arrow.id ?? arrow.key })}>
              See it among the messages
            </a>
          </details>
        </li>
      ))}
      {arrows.length > MOST ? <li class="soft">and {arrows.length - MOST} more</li> : null}
    </ul>
  );

/** What came in for a step, what it changed, and what went out. */
export const StepDetails = ({
  threads,
  row,
  segment,
}: {
  readonly threads: Threads;
  readonly row: Row;
  readonly segment: Segment;
}) => {
  const { occurrences, arrows } = threads.traffic;
  const { begin, end = begin, kind } = segment;
  // An orchestrator's step begins with a question and ends with the answer; a service's the other way round.
  const isAsker = kind === 'attempt' && row.actor !== undefined;
  const [inAt, outAt] = isAsker ? [segment.end ?? -1, begin] : [begin, kind === 'attempt' ? end : begin];
  const incoming = arrows.filter(({ target }) => target === inAt);
  const outgoing = arrows.filter(
    ({ source, kind: what }) => source === outAt && !(isAsker && what === 'answer'),
  );
  const actor = occurrences[end]?.actor;
  const snapshotAt = (index: number | undefined): RecordedSnapshot | undefined =>
    actor === undefined || index === undefined ? undefined : occurrences[index]?.line?.snapshots[actor];
  const after = snapshotAt(end);
  const before = snapshotAt(begin === end ? occurrences[begin]?.before : begin);
  return (
    <section class="panel" aria-label="The chosen step">
      <header>
        <h2>{cut(row.label, 80)}</h2>
        <span class="soft wrap">{segmentText(segment)}</span>
      </header>
      <div class="body three">
        <div>
          <h3>Came in</h3>
          <Messages arrows={incoming} to={false} />
        </div>
        <div>
          <h3>
            Changed{actor === undefined ? '' : ' in '}
            {actor === undefined ? null : <ActorLink address={actor} />}
          </h3>
          {before !== undefined &&
          after !== undefined &&
          stateText(before.value) !== stateText(after.value) ? (
            <p>
              {stateText(before.value)} → {stateText(after.value)}
            </p>
          ) : null}
          {after?.context === undefined ? (
            <p class="soft">nothing is known</p>
          ) : (
            <ValueTree value={after.context} before={before?.context} isDiff={before !== undefined} />
          )}
        </div>
        <div>
          <h3>Went out</h3>
          <Messages arrows={outgoing} to />
        </div>
      </div>
    </section>
  );
};
