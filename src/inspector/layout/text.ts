/**
 * How wide a text is, without a screen: drawings are made where there is no browser, and have to fit where there is one. All text is in a
 * monospaced font, and every piece of it is written with `textLength`, so that a machine with another font squeezes it into its place.
 */

/** Width of a character by the size of the font: 0.6 in nearly every monospaced font. */
const ADVANCE = 0.6;

/** East Asian wide characters and emoji take two cells. */
const WIDE =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]/u;

const PLAIN = /^[\x20-\x7E]*$/;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a reader sees as characters. */
export const graphemes = (text: string): string[] =>
  PLAIN.test(text) ? text.split('') : Array.from(segmenter.segment(text), ({ segment }) => segment);

/** A grapheme is one or a few code units (a family of emoji has 11); what has more, heaps of accents, is cut. */
const UNITS = 16;

const isHeap = (grapheme: string): boolean => grapheme.length > UNITS;

const cellsOf = (grapheme: string): number => (WIDE.test(grapheme) ? 2 : 1);

/** Cells of a monospaced font that a text takes. */
export const cells = (text: string): number =>
  PLAIN.test(text) ? text.length : graphemes(text).reduce((sum, grapheme) => sum + cellsOf(grapheme), 0);

/** Pixels, for a size of the font in pixels. */
export const widthOf = (text: string, size: number): number =>
  Math.round(cells(text) * size * ADVANCE * 100) / 100;

/** Controls and what turns the direction of writing around: drawn as a picture of themselves, or as `�`. */
const INVISIBLE =
  /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\uFFFE\uFFFF]/gu;

const picture = (control: string): string => {
  const code = control.codePointAt(0) ?? 0;
  return code <= 0x1f ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? '\u2421' : '\uFFFD';
};

/** A text in which everything can be seen, and that any reader of XML takes. */
export const visible = (text: string): string => text.toWellFormed().replace(INVISIBLE, picture);

/** At most so many cells; what is left out is marked. */
export function shorten(text: string, most: number): string {
  if (text.length <= most * UNITS && cells(text) <= most && !graphemes(text).some(isHeap)) return text;
  let kept = '';
  let room = most - 1;
  for (const grapheme of graphemes(text.slice(0, most * UNITS))) {
    room -= cellsOf(grapheme);
    if (room < 0 || isHeap(grapheme)) break;
    kept += grapheme;
  }
  return `${kept}…`;
}
