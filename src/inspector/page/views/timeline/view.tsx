import './timeline.css';
import { useMemo } from 'preact/hooks';
import { counted } from '../../../../counted.ts';
import type { Conversation, Tone } from '../../model/timeline-conversations.ts';
import { rowsOf, type Row } from '../../model/timeline-rows.ts';
import { gapOf } from '../../model/tests.ts';
import { alignRows, scaleOf } from '../../model/timeline-scale.ts';
import { Chip, Note, type Tone as ChipTone } from '../../parts/chip.tsx';
import { Id } from '../../parts/id.tsx';
import { VirtualTable, type Column } from '../../parts/virtual.tsx';
import { cut, cutId, dateText, durationText } from '../../parts/words.ts';
import { toHash } from '../../selection.ts';
import type { ViewProps } from '../../shell/views.ts';
import {
  conversationWith,
  findConversation,
  foremostOf,
  threadsOf,
  useDerived,
  useFocus,
  type Threads,
} from '../messages/derive.ts';
import { StepDetails } from './details.tsx';
import { Lanes, segmentKey } from './lanes.tsx';

const tones: Readonly<Record<Tone, readonly [ChipTone, string]>> = {
  open: ['accent', '…'],
  good: ['ok', '✓'],
  bad: ['bad', '✗'],
  undone: ['warn', '↶'],
};

const Standing = ({ of: { tone, status } }: { readonly of: Conversation }) => (
  <Chip tone={tones[tone][0]} icon={tones[tone][1]} title={status}>
    {cut(status, 30)}
  </Chip>
);

/** Without an owner: messages that have a correlation id in common, and nobody whose they are. */
const filters = {
  owned: 'with owner',
  open: 'going on',
  bad: 'failed',
  undone: 'undone',
  all: 'all',
} as const;
type Filter = keyof typeof filters;

const columns = (id: string | undefined): readonly Column<Conversation>[] => [
  {
    title: 'Conversation',
    cell: (each) => (
      <a
        href={toHash({ view: 'timeline', correlation: each.id })}
        title={each.id}
        aria-label={each.id}
        aria-current={each.id === id ? 'true' : undefined}
      >
        <Id of={each.id} />
      </a>
    ),
  },
  { title: 'Status', width: '128px', cell: (each) => <Standing of={each} /> },
  { title: 'Took', width: '76px', isNumber: true, cell: ({ begin, end }) => durationText(end - begin) },
];

/** To choose from: the last first. */
const Conversations = ({
  session,
  threads,
  chosen,
}: ViewProps & { readonly threads: Threads; readonly chosen: Conversation | undefined }) => {
  const { options = {} } = session.selection.value;
  const words = (options['filter'] ?? '').toLowerCase();
  const usual = threads.conversations.some(({ owner }) => owner !== undefined) ? 'owned' : 'all';
  const only = (options['only'] ?? usual) as Filter;
  const shown = threads.conversations.filter(
    ({ id, owner, style, status, tone }) =>
      (only === 'all' || (owner !== undefined && (only === 'owned' || tone === only))) &&
      `${id} ${style} ${status}`.toLowerCase().includes(words),
  );
  const set = (name: string, value: string): void =>
    session.select(
      { options: { [name]: value === '' || value === usual ? undefined : value } as never },
      'replace',
    );
  return (
    <section class="panel" aria-label="Conversations">
      <header>
        <h2>Conversations</h2>
        <input
          type="search"
          aria-label="Only conversations with"
          placeholder="Filter"
          value={options['filter'] ?? ''}
          onInput={(event) => set('filter', event.currentTarget.value)}
        />
        <select aria-label="Which" value={only} onChange={(event) => set('only', event.currentTarget.value)}>
          {Object.entries(filters).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </header>
      <VirtualTable
        label="Conversations, the last first"
        columns={columns(chosen?.id)}
        total={shown.length}
        row={(at) => shown[at]}
        keyOf={({ id }) => id}
        height="calc(100vh - 150px)"
        least="330px"
      />
      {shown.length === 0 ? <p class="nothing">None.</p> : null}
    </section>
  );
};

const styles = {
  saga: 'a saga: one actor conducts',
  workflow: 'a workflow: one actor conducts, by a definition',
  choreography: 'a choreography: nobody conducts',
  messages: 'messages with one correlation id',
} as const;

const Facts = ({ of: each }: { readonly of: Conversation }) => (
  <header>
    <h2 class="wrap" title={each.id}>
      {cutId(each.id, 120)}
    </h2>
    <Standing of={each} />
    <span class="soft">
      {styles[each.style]}, {durationText(each.end - each.begin)}, {dateText(each.begin)}
    </span>
    <span class="end row">
      <a href={toHash({ view: 'messages', correlation: each.id })}>Messages</a>
      {each.owner === undefined ? null : <a href={toHash({ view: 'actor', address: each.owner })}>Actor</a>}
    </span>
  </header>
);

const Inferred = ({ of: { style, owner } }: { readonly of: Conversation }) =>
  style !== 'choreography' && style !== 'messages' ? null : (
    <Note>
      No single owner: the rows are services, and what belongs together was concluded from the messages.{' '}
      {owner === undefined
        ? 'Whether all is done, nobody says.'
        : `That it is done is concluded from the state of ${cutId(owner, 60)}.`}{' '}
      A saga or workflow would say it itself.
    </Note>
  );

/** Share of the time that is shown, in thousandths. */
const Brush = ({ session, from, to }: ViewProps & { readonly from: number; readonly to: number }) => {
  const set = (name: string, value: number): void =>
    session.select({ options: { [name]: String(value) } }, 'replace');
  return (
    <div class="row brush" role="group" aria-label="Range of time">
      <label>
        From{' '}
        <input
          type="range"
          min="0"
          max="990"
          value={from}
          onInput={(event) => set('from', Math.min(Number(event.currentTarget.value), to - 10))}
        />
      </label>
      <label>
        to{' '}
        <input
          type="range"
          min="10"
          max="1000"
          value={to}
          onInput={(event) => set('to', Math.max(Number(event.currentTarget.value), from + 10))}
        />
      </label>
      <button
        type="button"
        disabled={from === 0 && to === 1000}
        onClick={() => session.select({ options: { from: undefined, to: undefined } as never }, 'replace')}
      >
        All
      </button>
    </div>
  );
};

interface Run {
  readonly conversation: Conversation;
  readonly rows: readonly Row[];
}

const runOf = (
  { traffic, order, openers }: Threads,
  conversation: Conversation | undefined,
): Run | undefined =>
  conversation === undefined
    ? undefined
    : { conversation, rows: rowsOf(conversation, traffic, order.times, openers) };

const RunView = ({
  session,
  run,
  rows,
}: ViewProps & { readonly run: Run; readonly rows: readonly (Row | undefined)[] }) => {
  const { options = {} } = session.selection.value;
  const [from, to] = [Number(options['from'] ?? 0), Number(options['to'] ?? 1000)];
  const { begin, end, id } = run.conversation;
  const scale = useMemo(() => {
    const at = (part: number): number => begin + (Math.max(end - begin, 1) * part) / 1000;
    return scaleOf(run.rows, at(from), at(to));
  }, [run, from, to]);
  return (
    <section class="panel" aria-label={`Timeline of ${id}`}>
      <Facts of={run.conversation} />
      <div class="body">
        <Inferred of={run.conversation} />
        <Lanes
          label={`Steps of ${id}`}
          rows={rows}
          scale={scale}
          zero={begin}
          now={end}
          gap={gapOf(session.journal, session.about.value)}
          selected={options['bar']}
          onSelect={(key) => session.select({ options: { bar: key } }, 'replace')}
        />
      </div>
    </section>
  );
};

const Compare = ({
  session,
  threads,
  chosen,
  other,
}: ViewProps & {
  readonly threads: Threads;
  readonly chosen: Conversation;
  readonly other: Conversation | undefined;
}) => (
  <label class="row">
    Beside
    <select
      value={other?.id ?? ''}
      onChange={(event) =>
        session.select({ options: { with: event.currentTarget.value || undefined } as never })
      }
    >
      <option value="">nothing</option>
      {threads.conversations
        .filter(({ id, owner }) => id !== chosen.id && owner !== undefined)
        .slice(0, 200)
        .map(({ id, status }) => (
          <option key={id} value={id}>
            {cutId(id, 50)} ({cut(status, 20)})
          </option>
        ))}
    </select>
  </label>
);

/** Sagas, workflows and choreographies: what was done for one thing, step by step. */
export const TimelineView = ({ session }: ViewProps) => {
  const threads = useDerived(session, threadsOf);
  const { correlation, address, options = {} } = session.selection.value;
  const asked = correlation ?? address;
  const chosen =
    asked === undefined
      ? foremostOf(session, threads)
      : (findConversation(threads, asked) ?? conversationWith(threads, asked));
  const other = findConversation(threads, options['with']);
  useFocus(session, asked, asked === undefined ? undefined : chosen, other);
  const run = useMemo(() => runOf(threads, chosen), [threads, chosen]);
  const beside = useMemo(() => runOf(threads, other), [threads, other]);
  const aligned = useMemo(
    () => (run === undefined || beside === undefined ? undefined : alignRows(run.rows, beside.rows)),
    [run, beside],
  );
  const [row, segment] =
    [...(run?.rows ?? []), ...(beside?.rows ?? [])]
      .flatMap((each) => each.segments.map((part) => [each, part] as const))
      .find(([each, part]) => segmentKey(each, part) === options['bar']) ?? [];
  if (threads.conversations.length === 0 && asked === undefined)
    return (
      <>
        <h1 class="unseen">Timeline</h1>
        <p class="nothing">No saga, workflow or other conversation was seen yet.</p>
      </>
    );
  return (
    <div class="timeline">
      <h1 class="unseen">Timeline</h1>
      <Conversations session={session} threads={threads} chosen={chosen} />
      <div class="runs">
        {run === undefined || chosen === undefined ? (
          <Note>
            No conversation of {cutId(asked ?? '', 80)} is among the{' '}
            {counted(threads.entries.length, 'entry', 'entries')} that are looked at.
          </Note>
        ) : (
          <>
            <div class="row">
              <Brush
                session={session}
                from={Number(options['from'] ?? 0)}
                to={Number(options['to'] ?? 1000)}
              />
              <Compare session={session} threads={threads} chosen={chosen} other={other} />
            </div>
            <div class={beside === undefined ? 'runs' : 'two'}>
              <RunView session={session} run={run} rows={aligned?.map(({ left }) => left) ?? run.rows} />
              {beside === undefined ? null : (
                <RunView
                  session={session}
                  run={beside}
                  rows={aligned?.map(({ right }) => right) ?? beside.rows}
                />
              )}
            </div>
            {row === undefined || segment === undefined ? (
              <p class="soft">Choose a bar to see what came in, what changed and what went out.</p>
            ) : (
              <StepDetails threads={threads} row={row} segment={segment} />
            )}
          </>
        )}
      </div>
    </div>
  );
};
