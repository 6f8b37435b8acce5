import { useMemo } from 'preact/hooks';
import type { Moment } from '../../../protocol.ts';
import { eventText } from '../../model/line.ts';
import { ValueTree } from '../../parts/value.tsx';
import { VirtualTable, type Column } from '../../parts/virtual.tsx';
import { cut, stateText, timeText } from '../../parts/words.ts';
import type { Session } from '../../session.ts';
import type { ActorParts } from './parts.ts';
import { follow } from '../../parts/follow.ts';

const columnsOf = (session: Session): readonly Column<Moment>[] => [
  {
    title: '#',
    width: '64px',
    cell: ({ number }) => (
      <button
        type="button"
        class="bare"
        aria-label={`Moment ${number}`}
        onClick={() => session.select({ moment: number }, 'replace')}
      >
        {number}
      </button>
    ),
  },
  { title: 'Time', width: '104px', cell: ({ time }) => timeText(time) },
  {
    title: 'What came',
    cell: ({ causes }) => (
      <span title={cut(causes.join(', '), 500)}>{cut(causes.map(eventText).join(', '), 120)}</span>
    ),
  },
  {
    title: 'Then',
    width: '34%',
    cell: ({ snapshot, unreadable }) =>
      unreadable === undefined ? (
        cut(stateText(snapshot.value), 80)
      ) : (
        <span class="tone-bad">unreadable</span>
      ),
  },
];

const Said = ({ moment }: { readonly moment: Moment }) => (
  <div class="said">
    <h3>{`Said in moment ${moment.number}`}</h3>
    {moment.unreadable === undefined ? null : <p class="tone-bad">{moment.unreadable}</p>}
    {moment.sent.length === 0 ? <p class="soft">Nothing.</p> : null}
    <ul>
      {moment.sent.slice(0, 50).map(({ to, event }, at) => (
        <li key={at}>
          <details>
            <summary class="wrap">
              <span class="mono">{cut(event.type, 80)}</span> <span class="soft">to {cut(to, 120)}</span>
            </summary>
            <ValueTree value={event} />
          </details>
        </li>
      ))}
      {moment.sent.length > 50 ? <li class="soft">{`and ${moment.sent.length - 50} more`}</li> : null}
    </ul>
  </div>
);

/** All that came to the actor, newest first, and what it said over one of them. */
export const EventsTab = ({ session, subject, sight }: ActorParts) => {
  const columns = useMemo(() => columnsOf(session), [session]);
  follow(subject.history.version);
  const { numbers } = subject.history;
  const moment = sight?.moment ?? subject.history.last;
  if (numbers.length === 0) return <p class="soft">Nothing has come to it since somebody looked.</p>;
  return (
    <>
      <VirtualTable
        label="Events of the actor"
        columns={columns}
        total={numbers.length}
        row={(at) => subject.history.at(numbers[numbers.length - 1 - at] ?? 0)}
        keyOf={({ number }) => number}
        height="46vh"
        least="340px"
      />
      {moment === undefined ? null : <Said moment={moment} />}
    </>
  );
};
