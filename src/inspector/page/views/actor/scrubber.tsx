import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { eventText } from '../../model/line.ts';
import { cut, timeText } from '../../parts/words.ts';
import { useKeys } from '../../shell/keys.ts';
import type { ActorParts } from './parts.ts';

const PACE = 700;

/** Back and forth through the actor's history. It only looks: nothing is sent. */
export const Scrubber = ({ session, subject }: ActorParts) => {
  const isPlaying = useSignal(false);
  const { history } = subject;
  void history.version.value;
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
  const shown = moment === undefined ? history.last : history.at(moment);
  const words = shown === undefined ? 'no history' : `${shown.number} · ${timeText(shown.time)} · ${shown.causes.map(eventText).join(', ')}`;
  return (
    <section class="panel scrubber" aria-label="History">
      <button type="button" aria-label="Back" title="One moment back (←)" disabled={at <= history.lowest} onClick={() => step(-1)}>
        ←
      </button>
      <button type="button" aria-label={isPlaying.value ? 'Pause' : 'Play'} title="Play (Space)" disabled={history.numbers.length < 2} onClick={play}>
        {isPlaying.value ? '❚❚' : '▶'}
      </button>
      <button type="button" aria-label="Forward" title="One moment forward (→)" disabled={moment === undefined || at >= last} onClick={() => step(1)}>
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
      <button type="button" class={moment === undefined ? '' : 'primary'} aria-pressed={moment === undefined} title="Back to now (L)" onClick={live}>
        ● Live
      </button>
      <span class="cut soft words" title={cut(words, 500)}>
        {cut(words, 120)}
      </span>
    </section>
  );
};
