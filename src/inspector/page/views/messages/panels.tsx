import { useMemo } from 'preact/hooks';
import { counted } from '../../../../counted.ts';
import type { Line, RecordedSnapshot } from '../../../../monitoring/recording.ts';
import type { Cones } from '../../model/messages-order.ts';
import { eventText } from '../../model/messages-same.ts';
import { lineText, States, type StateAt } from '../../model/messages-states.ts';
import { labelOf } from '../../model/messages-diagram.ts';
import { isOutside } from '../../model/messages-address.ts';
import type { Arrow } from '../../model/messages-traffic.ts';
import { Chip, CloseButton, Panel } from '../../parts/chip.tsx';
import { ValueTree } from '../../parts/value.tsx';
import { cut, cutId, numberText, stateText, timeText } from '../../parts/words.ts';
import { toHash } from '../../selection.ts';
import type { Session } from '../../session.ts';
import type { Threads } from './derive.ts';

/** Actors whose states are shown at a step, at most. */
const MOST = 40;

export const ActorLink = ({ address }: { readonly address: string }) =>
  isOutside(address) ? (
    <span>{labelOf(address)}</span>
  ) : (
    <a href={toHash({ view: 'actor', address })} class="wrap" title={address}>
      {cutId(address, 80)}
    </a>
  );

/** A machine without states is told by its status. */
const standing = ({ value, status }: RecordedSnapshot): string => {
  const text = stateText(value);
  return text === '' || text === '{}' ? status : text;
};

const when = (time: number | undefined): string => (time === undefined ? '' : timeText(time));

type Fact = readonly [name: string, value: preact.ComponentChildren];

function factsOf(threads: Threads, arrow: Arrow, cones: Cones | undefined): readonly Fact[] {
  const { occurrences } = threads.traffic;
  const [source, target] = [occurrences[arrow.source ?? -1], occurrences[arrow.target ?? -1]];
  const conversation =
    threads.conversationOf.get(arrow.target ?? -1) ?? threads.conversationOf.get(arrow.source ?? -1);
  return [
    ['from', <ActorLink address={arrow.from} />],
    ['to', <ActorLink address={arrow.to} />],
    [
      'said',
      source === undefined
        ? 'before or outside'
        : `${when(source.time)} ${source.step === undefined ? '' : `step ${source.step}`}`,
    ],
    [
      'became',
      arrow.fate === 'delivered'
        ? `${when(target?.time)} ${target?.step === undefined ? 'taken' : `taken in step ${target.step}`}`
        : `${arrow.fate}${arrow.reason === undefined ? '' : `: ${arrow.reason}`}`,
    ],
    ...(arrow.id === undefined ? [] : [['id', <code class="wrap">{arrow.id}</code>] as const]),
    ['past', `${counted(cones?.past.size ?? 0, 'step')} may have led to it`],
    ['future', `${counted(cones?.future.size ?? 0, 'step')} may follow from it`],
    ...(conversation === undefined
      ? []
      : [
          [
            'belongs to',
            <a href={toHash({ view: 'timeline', correlation: conversation.id })}>
              {cutId(conversation.id, 60)}
            </a>,
          ] as const,
        ]),
  ];
}

/** All about one message. */
export const MessagePanel = ({
  session,
  threads,
  arrow,
  cones,
}: {
  readonly session: Session;
  readonly threads: Threads;
  readonly arrow: Arrow;
  readonly cones: Cones | undefined;
}) => {
  return (
    <Panel
      title={cut(eventText(arrow.event), 60)}
      class="about"
      end={<CloseButton onClose={() => session.select({ message: undefined })} />}
    >
      <div class="body">
        <div class="row">
          <Chip>{arrow.kind}</Chip>
          {arrow.duplicate ? (
            <Chip icon="⧉" tone="warn">
              a second time
            </Chip>
          ) : null}
          {arrow.fate === 'delivered' ? null : (
            <Chip tone={arrow.fate === 'pending' ? 'plain' : 'bad'}>{arrow.fate}</Chip>
          )}
        </div>
        <dl class="facts">
          {factsOf(threads, arrow, cones).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <h3>Event</h3>
        <ValueTree value={arrow.event} before={arrow.original} isDiff={arrow.original !== undefined} />
      </div>
    </Panel>
  );
};

const StateItem = ({ state: { actor, snapshot, previous, changed } }: { readonly state: StateAt }) => (
  <li class={changed ? 'changed' : ''}>
    <div class="row">
      <ActorLink address={actor} />
      <Chip
        tone={
          snapshot.status === 'error' || snapshot.status === 'crashed' ? 'bad' : changed ? 'accent' : 'plain'
        }
        icon={changed ? '~' : undefined}
      >
        {standing(snapshot)}
      </Chip>
      {previous !== undefined && standing(previous) !== standing(snapshot) ? (
        <span class="soft">was {standing(previous)}</span>
      ) : null}
    </div>
    {snapshot.context === undefined ? null : (
      <details open={changed}>
        <summary class="soft">context</summary>
        <ValueTree value={snapshot.context} before={previous?.context} isDiff={previous !== undefined} />
      </details>
    )}
  </li>
);

/** What a step was, in words. */
const Happened = ({ line }: { readonly line: Line }) => (
  <>
    <p class="wrap">{lineText(line)}</p>
    {line.taken === undefined || line.taken.length === 0 ? null : (
      <p class="soft wrap">
        takes {line.taken.map(({ state, event, index }) => `${state}: ${event} #${index + 1}`).join(', ')}
      </p>
    )}
    {line.sent.length === 0 ? null : (
      <p class="soft wrap">says {line.sent.map(({ event, to }) => `${event.type} to ${to}`).join(', ')}</p>
    )}
    {line.emitted.length === 0 ? null : (
      <p class="soft wrap">emits {line.emitted.map(({ type }) => type).join(', ')}</p>
    )}
  </>
);

/** What happened in a step, and the state of each actor after it. */
export const StepPanel = ({
  session,
  threads,
  step,
  among,
}: {
  readonly session: Session;
  readonly threads: Threads;
  readonly step: number | undefined;
  /** Whose states are shown. */
  readonly among: ReadonlySet<string>;
}) => {
  // In the order that is shown: what several nodes tell may come in another.
  const lines = useMemo(
    () => [...new Set(threads.traffic.occurrences.flatMap(({ line }) => line ?? []))],
    [threads],
  );
  const states = useMemo(() => new States(lines), [lines]);
  if (step === undefined)
    return (
      <Panel title="A step, or a message" class="about">
        <p class="nothing">
          Choose a mark to see the state of each actor at that step, or an arrow to see what led to it and
          what followed. The keys ← and → go step by step.
        </p>
      </Panel>
    );
  const at = lines.findIndex((each) => each.step === step);
  const line = lines[at];
  if (line === undefined)
    return (
      <Panel title={`Step ${step}`} class="about">
        <p class="nothing">This step is no longer kept.</p>
      </Panel>
    );
  const after = states.after(at).filter(({ actor, changed }) => changed || among.has(actor));
  const changed = after.filter((each) => each.changed);
  const address = changed[0]?.actor;
  return (
    <Panel
      title={`Step ${line.step}`}
      class="about"
      end={<CloseButton onClose={() => session.select({ step: undefined })} />}
    >
      <div class="body">
        <Happened line={line} />
        {address === undefined ? null : (
          <p>
            <a href={toHash({ view: 'actor', address, moment: line.commit ?? line.step })}>
              See it on the chart
            </a>
          </p>
        )}
        <h3>Afterwards</h3>
        <ul class="afterwards">
          {after.slice(0, MOST).map((state) => (
            <StateItem key={state.actor} state={state} />
          ))}
        </ul>
        {after.length > MOST ? <p class="soft">and {numberText(after.length - MOST)} more</p> : null}
      </div>
    </Panel>
  );
};
