import './breakers.css';
import { useEffect } from 'preact/hooks';
import { counted } from '../../../../counted.ts';
import { Panel, type Tone } from '../../parts/chip.tsx';
import {
  breakersOf,
  type Breaker,
  type BreakerGroup,
  type BreakerState,
  type Cell,
} from '../../model/breakers.ts';
import { Chip } from '../../parts/chip.tsx';
import { ageText, amountText, cut, cutId, durationText, numberText, timeText } from '../../parts/words.ts';
import type { Session } from '../../session.ts';
import type { ViewProps } from '../../shell/views.ts';
import { useDerived } from '../messages/derive.ts';
import { ActorLink } from '../messages/panels.tsx';
import { Letters } from './letters.tsx';

const looks: Readonly<Record<BreakerState, readonly [tone: Tone, icon: string, text: string]>> = {
  closed: ['ok', '●', 'closed'],
  open: ['bad', '○', 'open'],
  halfOpen: ['warn', '◐', 'half-open'],
  forcedOpen: ['bad', '⊘', 'forced open'],
  disabled: ['plain', '–', 'disabled'],
};

const StateChip = ({ state }: { readonly state: BreakerState }) => (
  <Chip tone={looks[state][0]} icon={looks[state][1]}>
    {looks[state][2]}
  </Chip>
);

const cells: Readonly<Record<Cell, string>> = {
  good: '·',
  slow: 's',
  failed: '✗',
  slowFailed: '✗',
  empty: '',
};

const usual = ['closed', 'open', 'halfOpen'] as const;

/** Its chart in small: the states, how often it came into each, and the one it is in. */
const States = ({ breaker: { state, changes } }: { readonly breaker: Breaker }) => (
  <ol class="circuit" aria-label="States">
    {[...usual, ...(usual.some((each) => each === state) ? [] : [state])].map((each) => {
      const times = changes.filter((change) => change.state === each).length;
      return (
        <li key={each} data-tone={looks[each][0]} aria-current={each === state ? 'true' : undefined}>
          <span aria-hidden="true">{looks[each][1]} </span>
          <span>{looks[each][2]}</span>
          {times === 0 ? null : <span class="soft"> {numberText(times)}×</span>}
        </li>
      );
    })}
  </ol>
);

/** The clock is read here, so that a second redraws a few words. */
const Since = ({ session, breaker: { since, until, state } }: ViewProps & { readonly breaker: Breaker }) => {
  if (since === undefined) return null;
  const now = session.about.value.source === 'live' ? session.now.value : undefined;
  if (now === undefined) return <span class="soft">since {timeText(since)}</span>;
  const left = until === undefined ? undefined : Math.ceil((until - now) / 1_000);
  return (
    <span class="soft">
      for {ageText(since, now)}
      {left === undefined || left < 0
        ? ''
        : state === 'open'
          ? `, half-open in ${left} s`
          : `, open again in ${left} s unless it decides`}
    </span>
  );
};

const Window = ({ breaker: { cells: window, calls, failed } }: { readonly breaker: Breaker }) =>
  window.length === 0 ? null : (
    <div
      class={window.length > 40 ? 'window small' : 'window'}
      role="img"
      aria-label={`The last ${calls} of ${counted(window.length, 'call')}: ${failed} failed`}
    >
      {window.map((cell, at) => (
        <i key={at} class={cell}>
          {cells[cell]}
        </i>
      ))}
    </div>
  );

const WIDTH = 1000;
const HEIGHT = 72;
const tones = { closed: 'ok', open: 'bad', halfOpen: 'warn', forcedOpen: 'bad', disabled: 'soft' } as const;
const outcomes = [
  ['good', 'good'],
  ['slow', 'slow'],
  ['failed', 'failed'],
  ['refused', 'not made'],
] as const;

/** States over time, and above them how the calls went at that time: the trip as cause and effect. */
const Lane = ({ breaker: { changes, load, seen = 0 } }: { readonly breaker: Breaker }) => {
  const first = Math.min(changes[0]?.time ?? Infinity, load[0]?.from ?? Infinity);
  const last = Math.max(seen, load.at(-1)?.to ?? 0);
  if (!(last > first)) return null;
  const x = (time: number): number => ((time - first) / (last - first)) * WIDTH;
  const most = Math.max(...load.map(({ calls, refused }) => calls + refused), 1);
  const period = load[0] === undefined ? 0 : load[0].to - load[0].from;
  const words = changes.slice(-20).map(({ time, state }) => `${timeText(time)} ${looks[state][2]}`);
  return (
    <figure class="lane-of">
      <p class="soft scale">
        {load.length === 0 ? '' : `${counted(most, 'call')} in ${durationText(period)}`}
      </p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + 16}`} preserveAspectRatio="none" aria-hidden="true">
        {load.map(({ from, to, calls, slow, failed, refused }) => {
          let top = HEIGHT;
          return [calls - slow - failed, slow, failed, refused].map((count, at) => {
            const height = (count / most) * HEIGHT;
            top -= height;
            return count === 0 ? null : (
              <rect
                key={`${from} ${at}`}
                class={outcomes[at]?.[0]}
                x={x(from)}
                width={Math.max(2, x(to) - x(from) - 1)}
                y={top}
                height={height}
              />
            );
          });
        })}
        {changes.map(({ time, state }, at) => (
          <rect
            key={time}
            class={tones[state]}
            x={x(time)}
            width={Math.max(3, x(changes[at + 1]?.time ?? last) - x(time))}
            y={HEIGHT + 4}
            height="12"
          />
        ))}
      </svg>
      <p class="soft ends">
        <span>{timeText(first)}</span>
        <span>{timeText(last)}</span>
      </p>
      <figcaption class="row">
        <span class="soft">calls:</span>
        {outcomes.map(([name, text]) => (
          <span key={name} class="soft">
            <i class={name} aria-hidden="true" /> {text}
          </span>
        ))}
        <span class="soft">below, its state</span>
        <details>
          <summary class="soft">{counted(changes.length, 'change')}</summary>
          <ol>
            {words.map((word) => (
              <li key={word}>{word}</li>
            ))}
          </ol>
        </details>
      </figcaption>
    </figure>
  );
};

const One = ({ session, breaker }: ViewProps & { readonly breaker: Breaker }) => {
  const { state, address, node, rate, threshold, slowRate, calls, minimum, permits, rejected, refused } =
    breaker;
  return (
    <div class="one">
      <div class="tells">
        <div class="row">
          <States breaker={breaker} />
          <Since session={session} breaker={breaker} />
        </div>
        <p class="row">
          <ActorLink address={address} />
          {node === undefined ? null : <span class="soft cut">{node}</span>}
        </p>
        <Window breaker={breaker} />
        <p>
          {rate === undefined
            ? minimum === undefined
              ? 'It keeps no window of calls.'
              : `${numberText(calls)} of at least ${counted(minimum, 'call')}, no rate yet`
            : `${amountText(rate)} % of ${counted(calls, 'call')} failed${threshold === undefined ? '' : `; it opens at ${amountText(threshold)} %`}`}
          {slowRate === undefined || slowRate === 0 ? '' : `; ${amountText(slowRate)} % were slow`}
        </p>
        {permits === undefined ? null : (
          <p>
            {permits[0]} of {permits[1]} trial calls given
          </p>
        )}
        <p>
          {numberText(rejected)} refused since it {state === 'closed' ? 'closed' : 'opened'}
        </p>
        {refused.length === 0 ? null : (
          <p>
            Calls not made, in all that was seen, for:{' '}
            {refused.slice(0, 5).map(([who, times], at) => (
              <span key={who} title={who}>
                {at === 0 ? '' : ', '}
                <strong>{cutId(who, 50)}</strong> {numberText(times)}×
              </span>
            ))}
            {refused.length > 5 ? ` and ${refused.length - 5} more` : ''}
          </p>
        )}
      </div>
      <Lane breaker={breaker} />
    </div>
  );
};

/** Tiles that are drawn at most. */
const MOST = 60;

const Group = ({
  session,
  group: { name, state, breakers },
}: ViewProps & { readonly group: BreakerGroup }) => (
  <Panel
    title={cut(name, 60)}
    class={`tile ${state}`}
    end={breakers.length === 1 ? undefined : <StateChip state={state} />}
  >
    <div class="body">
      {breakers.length === 1 ? null : (
        <p class="soft">
          {breakers.length} breakers of this name, one on each node:{' '}
          {breakers.filter((each) => each.state === 'closed').length} closed
        </p>
      )}
      {breakers.slice(0, 12).map((breaker) => (
        <One key={breaker.address} session={session} breaker={breaker} />
      ))}
    </div>
  </Panel>
);

const Queues = ({ session }: ViewProps) => {
  const queues = session.overview.value?.queues ?? [];
  const { options = {} } = session.selection.value;
  if (queues.length === 0) return null;
  return (
    <Panel title="Queues">
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col" class="number">
                Waiting
              </th>
              <th scope="col" class="number">
                Dead letters
              </th>
            </tr>
          </thead>
          <tbody>
            {queues.slice(0, 200).map(({ queue, depth, deadLetters }) => (
              <tr key={queue}>
                <th scope="row">
                  <button
                    type="button"
                    class="bare link"
                    aria-pressed={options['queue'] === queue}
                    onClick={() => session.select({ options: { queue } })}
                  >
                    {cut(queue, 60)}
                  </button>
                </th>
                <td class="number">{numberText(depth)}</td>
                <td class={deadLetters > 0 ? 'number tone-bad' : 'number'}>{numberText(deadLetters)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
};

const breakers = ({ journal }: Session): readonly BreakerGroup[] => breakersOf(journal);

/** Between two looks which breakers there are, ms. */
const REFRESH = 2_000;

/** Of breakers everything is told, however much of the rest is left out: a tile must not be out of date. */
function useBreakers(session: Session): void {
  useEffect(() => {
    let known = '';
    const look = (): void => {
      if (document.hidden || session.about.peek().source !== 'live') return;
      session.client.actors({ kind: 'circuit-breaker', limit: MOST }).then(
        ({ rows }) => {
          const actors = rows.map(({ address }) => address);
          if (isOver || actors.join(' ') === known) return;
          known = actors.join(' ');
          session.focus({ actors });
        },
        () => undefined,
      );
    };
    let isOver = false;
    const timer = setInterval(look, REFRESH);
    look();
    return () => {
      isOver = true;
      clearInterval(timer);
      session.focus({});
    };
  }, [session, session.generation.value]);
}

/** Circuit breakers, queues and what was not delivered. */
export const BreakersView = ({ session }: ViewProps) => {
  const groups = useDerived(session, breakers);
  useBreakers(session);
  return (
    <div class="breakers">
      <h1 class="unseen">Breakers and queues</h1>
      {groups.length === 0 ? <p class="nothing panel">No circuit breaker was seen.</p> : null}
      <div class="tiles">
        {groups.slice(0, MOST).map((group) => (
          <Group key={group.name} session={session} group={group} />
        ))}
      </div>
      {groups.length > MOST ? (
        <p class="soft">and {numberText(groups.length - MOST)} more that are closed</p>
      ) : null}
      <Queues session={session} />
      <Letters session={session} />
    </div>
  );
};
