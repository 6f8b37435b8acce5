import type { Row } from './timeline-rows.ts';

/** A stretch of time and where it is drawn, as shares of the width. Folded: nobody did anything, and it is drawn short. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly folded: boolean;
  readonly start: number;
  readonly end: number;
}

export interface Scale {
  readonly stretches: readonly Stretch[];
  /** Share of the width, 0 to 1. */
  readonly at: (time: number) => number;
  /** The time drawn there. */
  readonly timeAt: (share: number) => number;
}

/** Share of the width that a folded stretch takes. */
const FOLD = 0.08;
/** Idle time is folded when it is this share of all, this many times the longest stretch of work, and at least so long, ms. */
const LEAST = 0.12;
const TIMES = 10;
const LONG = 1_000;
const MOST_FOLDS = 6;

/** Time from left to right, without the time in which nothing happened: that of waiting for timers is such, too. */
export function scaleOf(rows: readonly Row[], from: number, to: number): Scale {
  const folds = idle(rows, from, to);
  const folded = folds.reduce((sum, fold) => sum + fold.to - fold.from, 0);
  const shown = Math.max(to - from - folded, Number.EPSILON);
  const width = 1 - folds.length * FOLD;
  const stretches: Stretch[] = [];
  let [time, start] = [from, 0];
  const add = (until: number, isFolded: boolean): void => {
    const end = start + (isFolded ? FOLD : ((until - time) / shown) * width);
    if (until > time || stretches.length === 0)
      stretches.push({ from: time, to: until, folded: isFolded, start, end });
    [time, start] = [until, end];
  };
  for (const fold of folds) {
    if (fold.from > time) add(fold.from, false);
    add(fold.to, true);
  }
  if (time < to || stretches.length === 0) add(to, false);
  return {
    stretches,
    at: (moment) => {
      const each = stretches.find(({ to: until }) => moment <= until) ?? stretches.at(-1);
      if (each === undefined || each.to === each.from) return each?.start ?? 0;
      const share = (moment - each.from) / (each.to - each.from);
      return Math.min(1, each.start + Math.min(1, Math.max(0, share)) * (each.end - each.start));
    },
    timeAt: (share) => {
      const each = stretches.find(({ end }) => share <= end) ?? stretches.at(-1);
      if (each === undefined || each.end === each.start) return each?.from ?? from;
      const part = Math.min(1, Math.max(0, (share - each.start) / (each.end - each.start)));
      return each.from + part * (each.to - each.from);
    },
  };
}

/** The longest stretches in which no attempt was under way and no state changed. */
function idle(rows: readonly Row[], from: number, to: number): { from: number; to: number }[] {
  const busy = rows
    .flatMap(({ segments }) => segments)
    .flatMap(({ kind, from: begin, to: end }) =>
      kind === 'attempt'
        ? [{ from: begin, to: end ?? to }]
        : [
            { from: begin, to: begin },
            { from: end ?? to, to: end ?? to },
          ],
    )
    .concat({ from, to: from }, { from: to, to })
    .sort((a, b) => a.from - b.from);
  const gaps: { from: number; to: number }[] = [];
  let [reached, began, longest] = [from, from, 0];
  for (const each of busy) {
    if (each.from > reached && each.from <= to) {
      gaps.push({ from: reached, to: each.from });
      began = each.from;
    }
    longest = Math.max(longest, Math.min(each.to, to) - began);
    reached = Math.max(reached, Math.min(each.to, to));
  }
  const work = Math.max(to - from - gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0), (to - from) / 1e6);
  return gaps
    .filter(({ from: begin, to: end }) => end - begin >= Math.max((to - from) * LEAST, longest * TIMES, LONG))
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, MOST_FOLDS)
    .sort((a, b) => a.from - b.from)
    .map((gap) => {
      // A margin at each side, so that what is before and after is not at the very edge.
      const margin = Math.min((gap.to - gap.from) / 20, work / 20);
      return { from: gap.from + margin, to: gap.to - margin };
    });
}

/** Rows of two runs of the same thing beside each other: those that the same service did, whatever it is called in each. */
export interface Aligned {
  readonly key: string;
  readonly left?: Row;
  readonly right?: Row;
}

/** `orders` and `order-book` are the same to whoever compares. */
const stem = (name: string): string => (/^[^/.@:-]+/.exec(name)?.[0] ?? name).toLowerCase().replace(/s$/, '');
const stemsOf = ({ services, role, segments }: Row): string[] =>
  segments[0]?.kind === 'state' ? [] : services.map((each) => `${role} ${stem(each)}`);

export function alignRows(left: readonly Row[], right: readonly Row[]): Aligned[] {
  const rest = new Set(right);
  const aligned: Aligned[] = left.map((row) => {
    const stems = stemsOf(row);
    const match = [...rest].find(
      (other) => other.label === row.label || stemsOf(other).some((each) => stems.includes(each)),
    );
    if (match !== undefined) rest.delete(match);
    return { key: row.key, left: row, ...(match === undefined ? {} : { right: match }) };
  });
  return [...aligned, ...[...rest].map((row) => ({ key: `right ${row.key}`, right: row }))];
}
