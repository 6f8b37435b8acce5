import './messages.css';
import { useMemo } from 'preact/hooks';
import { counted } from '../../../../counted.ts';
import { conversationIdOf } from '../../model/line.ts';
import { diagramOf, type Path } from '../../model/messages-diagram.ts';
import { sequenceOf, toNdjson } from '../../model/messages-export.ts';
import { conesOf } from '../../model/messages-order.ts';
import { shownStep, stepsOf } from '../../model/messages-steps.ts';
import { Note } from '../../parts/chip.tsx';
import { save } from '../../parts/copy.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { cut, cutId, numberText } from '../../parts/words.ts';
import { useKeys } from '../../shell/keys.ts';
import type { ViewProps } from '../../shell/views.ts';
import type { Arrow } from '../../model/messages-traffic.ts';
import type { Conversation } from '../../model/timeline-conversations.ts';
import type { Session } from '../../session.ts';
import {
  conversationWith,
  findConversation,
  foremostOf,
  threadsOf,
  useDerived,
  useFocus,
  type Threads,
} from './derive.ts';
import { DiagramPicture } from './diagram.tsx';
import { MessageList } from './list.tsx';
import { MessagePanel, StepPanel } from './panels.tsx';

type Modes = ReturnType<typeof modesOf>;

/** What the URL says of this view. */
function modesOf(session: Session) {
  const { options = {} } = session.selection.value;
  const isTest = session.about.value.property !== undefined;
  return {
    order: options['order'] === 'clock' ? ('clock' as const) : ('causal' as const),
    tab: options['tab'] === 'list' ? ('list' as const) : ('diagram' as const),
    // In a counterexample every step counts.
    collapse: options['local'] === undefined ? !isTest : options['local'] === 'fold',
    unheeded: options['unheeded'] === undefined ? isTest : options['unheeded'] === 'show',
    filter: options['filter'] ?? '',
  };
}

/** Nobody can read a running system's messages at once: what fits on a few pages is shown whole. */
const FEW = 500;

/** What is shown: everything, a conversation, or all that has a correlation id. */
interface Part {
  readonly conversation?: Conversation | undefined;
  readonly correlation?: string | undefined;
  /** What is known of an actor, of which no conversation is. */
  readonly address?: string | undefined;
}

/** Who chose nothing sees the foremost conversation, or that of the message that is looked at. */
function partOf(session: Session, threads: Threads, chosen: Arrow | undefined): Part {
  const { correlation, address, options = {} } = session.selection.value;
  if (correlation !== undefined) return { conversation: findConversation(threads, correlation), correlation };
  const { source, property } = session.about.value;
  const isWhole = property !== undefined || (source !== 'live' && threads.traffic.occurrences.length <= FEW);
  if (options['of'] === 'all' || (options['of'] === undefined && isWhole)) return {};
  if (chosen === undefined && address !== undefined) {
    const conversation = conversationWith(threads, address);
    return conversation === undefined ? { address } : { conversation };
  }
  if (chosen === undefined) {
    const foremost = foremostOf(session, threads);
    return foremost?.owner === undefined ? {} : { conversation: foremost };
  }
  const { conversationOf } = threads;
  return { conversation: conversationOf.get(chosen.target ?? -1) ?? conversationOf.get(chosen.source ?? -1) };
}

function pick(
  threads: Threads,
  { order, collapse, unheeded, filter }: Modes,
  { conversation, correlation, address }: Part,
) {
  const members = conversation === undefined ? undefined : new Set(conversation.occurrences);
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const isWanted = (actor: string | undefined, node: string | undefined): boolean =>
    words.length === 0 ||
    words.some((word) => `${actor ?? 'network'} ${node ?? ''}`.toLowerCase().includes(word));
  const include = ({ index, actor, node, line }: Threads['traffic']['occurrences'][number]): boolean =>
    ((correlation === undefined && members === undefined && (address === undefined || actor === address)) ||
      members?.has(index) === true ||
      (correlation !== undefined && line !== undefined && conversationIdOf(line) === correlation)) &&
    isWanted(actor, node);
  return diagramOf(threads.traffic, threads.order, { order, collapse, unheeded, include });
}

const Toggle = ({
  label,
  isOn,
  onChange,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) => (
  <label class="toggle">
    <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />{' '}
    {label}
  </label>
);

/** Conversations to choose from, at most. */
const MOST = 200;

const Chooser = ({
  session,
  threads,
  part,
}: ViewProps & { readonly threads: Threads; readonly part: Part }) => {
  const id = part.conversation?.id ?? part.correlation ?? part.address ?? '';
  const ids = threads.conversations
    .filter((each) => each.owner !== undefined && each !== part.conversation)
    .slice(0, MOST)
    .map((each) => [each.id, `${cutId(each.id, 48)} (${cut(each.status, 20)})`] as const);
  if (id === '' && ids.length === 0) return null;
  return (
    <select
      aria-label="Conversation"
      title={id}
      value={id}
      onChange={({ currentTarget: { value } }) =>
        session.select({
          correlation: value === '' ? undefined : value,
          message: undefined,
          options: { of: value === '' ? 'all' : undefined } as never,
        })
      }
    >
      <option value="">everything</option>
      {id === '' ? null : (
        <option value={id}>
          {cutId(id, 48)}
          {part.conversation === undefined ? '' : ` (${cut(part.conversation.status, 20)})`}
        </option>
      )}
      {ids.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
};

const Tools = ({ session, shown: { modes, threads, part } }: ViewProps & { readonly shown: Shown }) => {
  const set = (name: string, value: string): void =>
    session.select({ options: { [name]: value } }, 'replace');
  return (
    <div class="row tools">
      <Chooser session={session} threads={threads} part={part} />
      <div class="row" role="group" aria-label="Order">
        {(['causal', 'clock'] as const).map((order) => (
          <button
            key={order}
            type="button"
            aria-pressed={modes.order === order}
            onClick={() => set('order', order)}
          >
            {order === 'causal' ? 'Causal order' : 'Clock order'}
          </button>
        ))}
      </div>
      <input
        type="search"
        aria-label="Only actors or nodes with these words"
        placeholder="Actors, nodes"
        value={modes.filter}
        onInput={(event) => set('filter', event.currentTarget.value)}
      />
      <Toggle
        label="fold local steps"
        isOn={modes.collapse}
        onChange={(isOn) => set('local', isOn ? 'fold' : 'show')}
      />
      <Toggle
        label="show what nobody heeded"
        isOn={modes.unheeded}
        onChange={(isOn) => set('unheeded', isOn ? 'show' : 'hide')}
      />
    </div>
  );
};

const Stepper = ({ session, steps }: ViewProps & { readonly steps: readonly number[] }) => {
  const { step } = session.selection.value;
  const at = step === undefined ? -1 : steps.indexOf(shownStep(steps, step));
  const go = (to: number): void => {
    const next = steps[Math.min(steps.length - 1, Math.max(0, to))];
    if (next !== undefined) session.select({ step: next, message: undefined }, 'replace');
  };
  useKeys((key) => {
    if (key !== 'ArrowRight' && key !== 'ArrowLeft') return false;
    go(key === 'ArrowRight' ? at + 1 : at < 0 ? steps.length - 1 : at - 1);
    return true;
  });
  return (
    <div class="row" role="group" aria-label="Steps">
      <button type="button" onClick={() => go(at - 1)} disabled={at <= 0} title="Step back (←)">
        ← Back
      </button>
      <span aria-live="polite">
        {at < 0
          ? counted(steps.length, 'step')
          : `step ${numberText(steps[at] ?? 0)}, ${numberText(at + 1)} of ${numberText(steps.length)} shown`}
      </span>
      <button type="button" onClick={() => go(at + 1)} disabled={at >= steps.length - 1} title="Step on (→)">
        On →
      </button>
    </div>
  );
};

/** How the URL names a message: an event of the bus has one id for all who heard it. */
const nameOf = ({ id, key, duplicate, kind, to }: Arrow): string =>
  id === undefined || duplicate ? key : kind === 'event' ? `${id}>${to}` : id;

/** What is shown, and what of it is chosen. */
function useShown(session: Session) {
  const threads = useDerived(session, threadsOf);
  const modes = modesOf(session);
  const { correlation, message, step: asked } = session.selection.value;
  const chosen = useMemo(
    () =>
      threads.traffic.arrows.find(
        (arrow) => message !== undefined && (nameOf(arrow) === message || arrow.id === message),
      ),
    [threads, message],
  );
  const part = partOf(session, threads, chosen);
  useFocus(session, correlation ?? part.address, part.conversation);
  const diagram = useMemo(
    () => pick(threads, modes, part),
    [threads, part.conversation, part.address, correlation, ...Object.values(modes)],
  );
  const cones = useMemo(
    () => (chosen === undefined ? undefined : conesOf(threads.order, chosen)),
    [threads, chosen],
  );
  const steps = useMemo(() => stepsOf(diagram), [diagram]);
  const step = asked === undefined ? undefined : shownStep(steps, asked);
  return { threads, modes, part, diagram, chosen, cones, steps, step };
}

type Shown = ReturnType<typeof useShown>;

const Exports = ({
  session,
  shown: { diagram, threads, modes, part },
}: ViewProps & { readonly shown: Shown }) => {
  const { name } = session.about.value;
  const entries = (): typeof threads.entries => {
    const lines = new Set(diagram.marks.map(({ occurrence }) => occurrence.line));
    return Object.values(part).every((each) => each === undefined) && modes.filter === ''
      ? threads.entries
      : threads.entries.filter((each) => each.kind === 'step' && lines.has(each));
  };
  const drawn = (form: 'mermaid' | 'svg') => () => session.client.diagramText(form, sequenceOf(diagram));
  const forms: readonly (readonly [
    title: string,
    file: string,
    type: string,
    text: () => Promise<string>,
  ])[] = [
    ['Mermaid', 'messages.mmd', 'text/plain', drawn('mermaid')],
    ['SVG', 'messages.svg', 'image/svg+xml', drawn('svg')],
    ['JSON', 'messages.ndjson', 'application/x-ndjson', async () => toNdjson(entries(), name)],
  ];
  return (
    <div class="row end" role="group" aria-label="Export">
      {forms.map(([title, file, type, text]) => (
        <button key={title} type="button" onClick={() => save(file, text(), type)}>
          {title}
        </button>
      ))}
    </div>
  );
};

const Hints = ({ shown: { diagram, threads, part } }: { readonly shown: Shown }) => (
  <>
    {part.address === undefined ? null : (
      <Note>
        No conversation of {cutId(part.address, 80)} is among the{' '}
        {counted(threads.entries.length, 'entry', 'entries')} that are looked at: this is all that is known of
        it.
      </Note>
    )}
    {diagram.omitted > 0 ? (
      <Note>
        {counted(diagram.omitted, 'quieter actor has', 'quieter actors have')} no column. Filter by actor,
        node or conversation to see them.
      </Note>
    ) : null}
    {diagram.shared > 0 ? (
      <Note>
        Actors of a kind share a column: {numberText(diagram.shared)} would not fit. Choose a conversation, or
        filter by actor or node, to see them apart.
      </Note>
    ) : null}
    {threads.isCut ? <Note>These are the last {numberText(threads.entries.length)} entries.</Note> : null}
  </>
);

/** Messages between actors, as a space-time diagram and as a list. */
export const MessagesView = ({ session }: ViewProps) => {
  const shown = useShown(session);
  const { threads, modes, diagram, chosen, cones, steps, step } = shown;
  const select = ({ arrow }: Pick<Path, 'arrow'>): void =>
    session.select({ message: arrow === chosen ? undefined : nameOf(arrow), step: undefined });
  if (threads.entries.length === 0)
    return (
      <>
        <h1 class="unseen">Messages</h1>
        <p class="nothing">No messages were seen yet.</p>
      </>
    );
  return (
    <div class="messages">
      <h1 class="unseen">Messages</h1>
      <Tools session={session} shown={shown} />
      <div class="row tools">
        <Stepper session={session} steps={steps} />
        <Exports session={session} shown={shown} />
      </div>
      <Hints shown={shown} />
      <div class="beside">
        <section class="panel" aria-label="Messages">
          <Tabs
            label="As"
            tabs={[
              { name: 'diagram', title: 'Diagram' },
              { name: 'list', title: `List (${numberText(diagram.paths.length)})` },
            ]}
            selected={modes.tab}
            onSelect={(tab) => session.select({ options: { tab } }, 'replace')}
          >
            {modes.tab === 'list' ? (
              <MessageList diagram={diagram} message={chosen?.key} onMessage={select} />
            ) : (
              <DiagramPicture
                diagram={diagram}
                message={chosen?.key}
                cones={cones}
                step={step}
                loop={session.about.value.loop}
                follow={session.about.value.source === 'live' && step === undefined && chosen === undefined}
                onMessage={select}
                onStep={({ occurrence }) => session.select({ step: occurrence.step, message: undefined })}
              />
            )}
          </Tabs>
        </section>
        {chosen === undefined ? (
          <StepPanel
            session={session}
            threads={threads}
            step={step}
            among={new Set(diagram.lifelines.map(({ actor }) => actor))}
          />
        ) : (
          <MessagePanel session={session} threads={threads} arrow={chosen} cones={cones} />
        )}
      </div>
    </div>
  );
};
