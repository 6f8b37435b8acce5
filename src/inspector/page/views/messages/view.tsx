import './messages.css';
import { useMemo } from 'preact/hooks';
import { diagramOf, type Path } from '../../model/messages-diagram.ts';
import { toMermaid, toNdjson, toSvg } from '../../model/messages-export.ts';
import { conesOf } from '../../model/messages-order.ts';
import { Note } from '../../parts/chip.tsx';
import { download } from '../../parts/copy.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { cut, numberText } from '../../parts/words.ts';
import { useKeys } from '../../shell/keys.ts';
import type { ViewProps } from '../../shell/views.ts';
import type { Arrow } from '../../model/messages-traffic.ts';
import type { Session } from '../../session.ts';
import { findConversation, threadsOf, useDerived, useFocus, WINDOW, type Threads } from './derive.ts';
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

function pick(session: Session, threads: Threads, { order, collapse, unheeded, filter }: Modes) {
  const { correlation } = session.selection.value;
  const conversation = findConversation(threads, correlation);
  const members = conversation === undefined ? undefined : new Set(conversation.occurrences);
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const isWanted = (actor: string | undefined, node: string | undefined): boolean =>
    words.length === 0 ||
    words.some((word) => `${actor ?? 'network'} ${node ?? ''}`.toLowerCase().includes(word));
  const include = ({ index, actor, node, line }: Threads['traffic']['occurrences'][number]): boolean =>
    (correlation === undefined ||
      members?.has(index) === true ||
      line?.message?.correlation === correlation) &&
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

const Tools = ({ session, modes }: ViewProps & { readonly modes: Modes }) => {
  const set = (name: string, value: string): void =>
    session.select({ options: { [name]: value } }, 'replace');
  const { correlation } = session.selection.value;
  return (
    <div class="row tools">
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
      {correlation === undefined ? null : (
        <button
          type="button"
          onClick={() => session.select({ correlation: undefined })}
          title={`Only ${correlation}; show all`}
        >
          ✕ {cut(correlation, 40)}
        </button>
      )}
    </div>
  );
};

const Stepper = ({ session, steps }: ViewProps & { readonly steps: readonly number[] }) => {
  const { step } = session.selection.value;
  const at = step === undefined ? -1 : steps.findLastIndex((each) => each <= step);
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
          ? `${numberText(steps.length)} steps`
          : `step ${numberText(at + 1)} of ${numberText(steps.length)}`}
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
  useFocus(session, correlation, findConversation(threads, correlation));
  const diagram = useMemo(
    () => pick(session, threads, modes),
    [threads, correlation, ...Object.values(modes)],
  );
  const chosen = useMemo(
    () =>
      threads.traffic.arrows.find(
        (arrow) => message !== undefined && (nameOf(arrow) === message || arrow.id === message),
      ),
    [threads, message],
  );
  const cones = useMemo(
    () => (chosen === undefined ? undefined : conesOf(threads.order, chosen)),
    [threads, chosen],
  );
  const steps = useMemo(
    () =>
      [...new Set(diagram.marks.flatMap(({ occurrence }) => occurrence.step ?? []))].sort((a, b) => a - b),
    [diagram],
  );
  // The last one that is shown up to the step that was asked for.
  const step = asked === undefined ? undefined : (steps.findLast((each) => each <= asked) ?? asked);
  return { threads, modes, diagram, chosen, cones, steps, step };
}

type Shown = ReturnType<typeof useShown>;

const Exports = ({ session, shown: { diagram, threads, modes } }: ViewProps & { readonly shown: Shown }) => {
  const { name } = session.about.value;
  const entries = (): typeof threads.entries => {
    const lines = new Set(diagram.marks.map(({ occurrence }) => occurrence.line));
    return session.selection.value.correlation === undefined && modes.filter === ''
      ? threads.entries
      : threads.entries.filter((each) => each.kind === 'step' && lines.has(each));
  };
  const forms: readonly (readonly [title: string, file: string, type: string, text: () => string])[] = [
    ['Mermaid', 'messages.mmd', 'text/plain', () => toMermaid(diagram)],
    ['SVG', 'messages.svg', 'image/svg+xml', () => toSvg(diagram)],
    ['JSON', 'messages.ndjson', 'application/x-ndjson', () => toNdjson(entries(), name)],
  ];
  return (
    <div class="row end" role="group" aria-label="Export">
      {forms.map(([title, file, type, text]) => (
        <button key={title} type="button" onClick={() => download(file, text(), type)}>
          {title}
        </button>
      ))}
    </div>
  );
};

const Hints = ({ shown: { diagram, threads } }: { readonly shown: Shown }) => (
  <>
    {diagram.omitted > 0 ? (
      <Note icon="ℹ">
        {numberText(diagram.omitted)} quieter actors have no column. Filter by actor, node or conversation to
        see them.
      </Note>
    ) : null}
    {threads.entries.length >= WINDOW ? (
      <Note icon="ℹ">These are the last {numberText(WINDOW)} entries.</Note>
    ) : null}
  </>
);

/** Messages between actors, as a space-time diagram and as a list. */
export const MessagesView = ({ session }: ViewProps) => {
  const shown = useShown(session);
  const { threads, modes, diagram, chosen, cones, steps, step } = shown;
  const select = ({ arrow }: Pick<Path, 'arrow'>): void =>
    session.select({ message: arrow === chosen ? undefined : nameOf(arrow), step: undefined });
  if (threads.entries.length === 0) return <p class="nothing">No messages were seen yet.</p>;
  return (
    <div class="messages">
      <h1 class="unseen">Messages</h1>
      <Tools session={session} modes={modes} />
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
