/** A bar and what is to be written at it. */
export interface Bar {
  /** px from the left of the lane. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** May the text stand on a line of its own below the bars? */
  readonly below: boolean;
}

/** Where a text stands that does not fit into its bar: px from where the bar begins, and how many lines below. */
export interface Beside {
  readonly x: number;
  readonly line: number;
}

/** Of a character of 11 px type, px; most are narrower. */
const CHARACTER = 6.6;
/** Between a text and what is beside it, px. */
const PAD = 4;
/** A bar is never narrower, px (timeline.css). */
const LEAST = 6;
const LINES = 4;

export interface Labels {
  /** For each bar: `in` it, beside it, or nowhere. */
  readonly places: readonly ('in' | Beside | undefined)[];
  /** How many lines there are below the bars. */
  readonly lines: number;
}

/** A place for the text of each bar: in it, else behind or before it, else below, never on another bar or text. */
export function labelsOf(bars: readonly Bar[], width: number): Labels {
  const ends: number[] = [];
  let used = 0;
  const below = (from: number, room: number): Beside | undefined => {
    const x = Math.max(0, Math.min(from, width - room));
    for (let line = 0; line < LINES; line += 1)
      if (x >= (ends[line] ?? 0)) {
        ends[line] = x + room;
        return { x: x - from, line: line + 1 };
      }
    return undefined;
  };
  const places = bars.map(({ from, to, text, below: isBelow }, at) => {
    const room = text.length * CHARACTER + 2 * PAD;
    const right = Math.max(to, from + LEAST);
    const before = used;
    used = Math.max(used, right);
    if (right - from >= room) return 'in';
    if ((bars[at + 1]?.from ?? width) - right >= room) {
      used = right + room;
      return { x: right + PAD - from, line: 0 };
    }
    if (from - before >= room) return { x: PAD - room, line: 0 };
    return isBelow ? below(from, room) : undefined;
  });
  return { places, lines: ends.length };
}
