import { useSignal } from '../../signal.ts';
import { useEffect } from 'preact/hooks';
import type { Moment } from '../../../protocol.ts';
import { eventText } from '../../model/line.ts';
import { cut, timeText } from '../../parts/words.ts';
import { useKeys } from '../../shell/keys.ts';
import type { ActorParts } from './parts.ts';
import { follow } from '../../parts/follow.ts';

const PACE = 700;

/** Where in the history the view stands, and the ways to move. */
function useTravel({ session, subject }: ActorParts) {
  const isPlaying = useSignal(false);
  const { history } = subject;
  follow(history.version);
  const { moment } = session.selection.value;
  const last = history.last?.number ?? 0;
  const at = moment ?? last;
  const go = (number: number | undefined): void => session.select({ moment: number }, 'replace');
  const step = (by: 1 | -1): void => {
    const next = history.next(at, by);
    if (by > 0 && next >= last) return go(moment === undefined ? undefined : last);
    go(next);
  };
  const live = (): void => {
    isPlaying.value = false;
    go(undefined);
  };
  const play = (): void => {
    if (!isPlaying.value && (moment === undefined || at >= last)) go(history.numbers[0]);
    isPlaying.value = !isPlaying.value;
  };
  useEffect(() => {
    if (!isPlaying.value) return;
    const timer = setTimeout(() => {
      if (at >= last) isPlaying.value = false;
      else step(1);
    }, PACE);
    return () => clearTimeout(timer);
  });
  useKeys((key) => {
    if (key === 'ArrowLeft') step(-1);
    else if (key === 'ArrowRight') step(1);
    else if (key === ' ') play();
    else if (key === 'l' || key === 'L') live();
    else return false;
    return true;
  });
  return { history, moment, at, last, isPlaying: isPlaying.value, go, step, live, play };
}

const momentText = (moment: Moment | undefined): string =>
  moment === undefined
    ? 'no history'
    : `${moment.number} · ${timeText(moment.time)} · ${moment.causes.map(eventText).join(', ')}`;

/** Back and forth through the actor's history. It only looks: nothing is sent. */
export const Scrubber = (parts: ActorParts) => {
  const { history, moment, at, last, isPlaying, go, step, live, play } = useTravel(parts);
  const words = momentText(moment === undefined ? history.last : history.at(moment));
  return (
    <section class="panel scrubber" aria-label="History">
      <button
        type="button"
        aria-label="Back"
        title="One moment back (←)"
        disabled={at <= history.lowest}
        onClick={() => step(-1)}
      >
        ←
      </button>
      <button
        type="button"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        title="Play (Space)"
        disabled={history.numbers.length < 2}
        onClick={play}
      >
        {isPlaying ? '❚❚' : '▶'}
      </button>
      <button
        type="button"
        aria-label="Forward"
        title="One moment forward (→)"
        disabled={moment === undefined || at >= last}
        onClick={() => step(1)}
      >
        →
      </button>
      <input
        type="range"
        aria-label="Moment"
        aria-valuetext={words}
        min={history.lowest}
        max={Math.max(last, history.lowest)}
        value={at}
        disabled={history.numbers.length < 2}
        onInput={(event) => go(Number(event.currentTarget.value))}
      />
      <button
        type="button"
        class={moment === undefined ? '' : 'primary'}
        aria-pressed={moment === undefined}
        title="Back to the last moment (L)"
        onClick={live}
      >
        {parts.session.about.value.source === 'recording' ? '■ End' : '● Live'}
      </button>
      <span class="cut soft words" title={cut(words, 500)}>
        {cut(words, 120)}
      </span>
    </section>
  );
};
