import { useMemo } from 'preact/hooks';
import { childrenOf, statesOf } from '../../../draw/chart.ts';
import type { Overlay } from '../../../draw/overlay.ts';
import {
  activeStates,
  lastEdges,
  leftText,
  takenText,
  timerName,
  timerTexts,
  visitsOf,
} from '../../model/chart-state.ts';
import { isEqual } from '../../model/value.ts';
import { ChartPart } from '../../parts/chart.tsx';
import { cut } from '../../parts/words.ts';
import { closedOf, type ActorParts } from './parts.ts';

const ZOOMS = [0.5, 0.75, 1, 1.5, 2];

/** What lies on the chart now; the clock is read only while a timer runs. */
function overlayOf({ session, detail, sight, picture }: ActorParts): Overlay {
  if (picture === undefined || sight === undefined) return { problems: picture?.problems ?? [] };
  const { chart, problems } = picture;
  const now = sight.moment?.time ?? (sight.timers.length === 0 ? 0 : session.now.value);
  // What is possible was asked for a while ago: in another state that says nothing.
  const isNow = sight.moment === undefined && isEqual(detail?.snapshot.value, sight.snapshot.value);
  return {
    active: activeStates(chart, sight.snapshot.value),
    last: lastEdges(chart, sight.taken),
    timers: timerTexts(chart, sight.timers, now),
    problems,
    collapsed: closedOf(session),
    ...(isNow && detail !== undefined && session.about.value.source !== 'design'
      ? { events: Object.fromEntries(detail.events.map(({ type, enabled }) => [type, enabled])) }
      : {}),
  };
}

const Toolbar = ({ hasPicture, ...parts }: ActorParts & { readonly hasPicture: boolean }) => {
  const { session } = parts;
  const { options = {} } = session.selection.value;
  const set = (change: Record<string, string>): void => session.select({ options: change }, 'replace');
  const isOutline = options.look === 'outline' || !hasPicture;
  const zoom = Number(options.zoom ?? '1');
  const step = (by: number): void => {
    const at = ZOOMS.findIndex((each) => each >= zoom);
    set({ zoom: String(ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, (at < 0 ? 2 : at) + by))] ?? 1) });
  };
  return (
    <div class="end row tools">
      <button
        type="button"
        aria-pressed={isOutline}
        disabled={!hasPicture}
        onClick={() => set({ look: isOutline ? 'picture' : 'outline' })}
      >
        Outline
      </button>
      <button
        type="button"
        aria-pressed={options.heat === 'on'}
        onClick={() => set({ heat: options.heat === 'on' ? 'off' : 'on' })}
        title="How often each state was entered, as far as it was seen"
      >
        Heat
      </button>
      {isOutline ? null : (
        <>
          <Folds {...parts} />
          <button
            type="button"
            onClick={() => set({ direction: options.direction === 'right' ? 'down' : 'right' })}
          >
            {options.direction === 'right' ? 'Downwards' : 'Rightwards'}
          </button>
          <button type="button" aria-label="Smaller" onClick={() => step(-1)}>
            −
          </button>
          <button type="button" aria-label="Larger" onClick={() => step(1)}>
            +
          </button>
        </>
      )}
    </div>
  );
};

/** Which states with others in them are drawn without those. */
const Folds = ({ session, picture }: ActorParts) => {
  const states =
    picture === undefined
      ? []
      : statesOf(picture.chart.root)
          .slice(1)
          .filter((state) => childrenOf(state).length > 0);
  if (states.length === 0) return null;
  const closed = closedOf(session);
  const toggle = (id: string): void => {
    const next = closed.includes(id) ? closed.filter((each) => each !== id) : [...closed, id];
    session.select({ options: { closed: next.join('|') } }, 'replace');
  };
  return (
    <details class="folds">
      <summary>Fold{closed.length === 0 ? '' : ` (${closed.length})`}</summary>
      <ul>
        {states.slice(0, 100).map(({ id, key }) => (
          <li key={id}>
            <label title={cut(id, 300)}>
              <input type="checkbox" checked={closed.includes(id)} onChange={() => toggle(id)} />{' '}
              {cut(key, 60)}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
};

/** What was taken last, in words, with the guard that decided; and the timers that are no arrows of the chart. */
const Last = ({ session, sight, picture }: ActorParts) => {
  if (picture === undefined || sight === undefined) return null;
  const taken = takenText(picture, sight.taken);
  const drawn = new Set(Object.keys(timerTexts(picture.chart, sight.timers, 0)));
  const now = sight.moment?.time ?? (sight.timers.length === 0 ? 0 : session.now.value);
  return (
    <p class="last wrap">
      {taken.length === 0 ? null : (
        <>
          <span class="soft">last: </span>
          <span class="mono">{cut(taken.join('; '), 400)}</span>
        </>
      )}
      {sight.timers.slice(0, 10).map((timer) => (
        <span key={timer.id} class="soft" title={drawn.size > 0 ? 'also on the chart' : undefined}>
          {` ◷ ${timerName(timer)} in ${leftText(timer.due, now)}`}
        </span>
      ))}
    </p>
  );
};

export const ChartPanel = (parts: ActorParts) => {
  const { session, picture, detail, subject } = parts;
  const { options = {} } = session.selection.value;
  const overlay = overlayOf(parts);
  const isHeated = options.heat === 'on' && picture !== undefined;
  // Counted anew once a second, not with every frame.
  const second = isHeated ? Math.floor(session.now.value / 1_000) : 0;
  const visits = useMemo(() => {
    if (!isHeated) return undefined;
    const { actors, steps } = session.journal;
    const { chart } = detail ?? {};
    return visitsOf(
      picture.chart,
      steps,
      (address) =>
        address === subject.address || (chart !== undefined && actors.get(address)?.entry?.chart === chart),
    );
  }, [isHeated, second, picture]);
  return (
    <section class="panel drawing" aria-label="Statechart">
      <header>
        <h2>{picture === undefined ? 'Statechart' : cut(picture.chart.id, 80)}</h2>
        {picture === undefined ? null : <Toolbar {...parts} hasPicture={picture.drawing !== undefined} />}
      </header>
      <Last {...parts} />
      {picture === undefined ? (
        <p class="nothing">
          {detail === undefined && subject.error.value !== undefined
            ? 'There is no chart of it.'
            : detail === undefined || detail.chart !== undefined
              ? 'The chart is being drawn…'
              : 'No chart is known of this actor: it is no state machine, or the recording does not hold its chart.'}
        </p>
      ) : (
        <ChartPart
          picture={picture}
          look={{ overlay, visits, zoom: Number(options.zoom ?? '1') || 1 }}
          isOutline={options.look === 'outline'}
        />
      )}
    </section>
  );
};
