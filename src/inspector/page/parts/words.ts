import type { ChartTransition } from '../../draw/chart.ts';

/** How times and numbers are written, everywhere the same. */
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** A virtual clock begins near 0: its times are no times of day. */
const isVirtual = (time: number): boolean => time < 1e11;

/** `14:03:09.120`, or `1.20 s` of a virtual clock. */
export const timeText = (time: number): string => (isVirtual(time) ? durationText(time) : clock.format(time));
export const dateText = (time: number): string => (isVirtual(time) ? durationText(time) : day.format(time));
export const numberText = (value: number): string =>
  Math.abs(value) >= 100_000 ? short.format(value) : whole.format(value);
/** A rate or latency: three digits that matter. */
export const amountText = (value: number): string =>
  value >= 100 || value === 0 ? numberText(value) : String(Number(value.toPrecision(2)));

/** `12 ms`, `1.20 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return `${size < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  if (size < 60_000) return `${(ms / 1_000).toFixed(size < 10_000 ? 2 : 1)} s`;
  if (size < 3_600_000) return two(ms, 60_000, 'min', 1_000, 's');
  if (size < 86_400_000) return two(ms, 3_600_000, 'h', 60_000, 'min');
  return two(ms, 86_400_000, 'd', 3_600_000, 'h');
}

const two = (ms: number, big: number, bigName: string, small: number, smallName: string): string => {
  const rest = Math.floor((Math.abs(ms) % big) / small);
  return `${Math.trunc(ms / big)} ${bigName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
};

/** `12 s`: in whole seconds, so that it does not flicker. */
export const ageText = (since: number, now: number): string => {
  const seconds = Math.max(0, Math.floor((now - since) / 1_000));
  return seconds < 60 ? `${seconds} s` : durationText(seconds * 1_000);
};
export const agoText = (since: number, now: number): string =>
  now - since < 1_000 ? 'now' : `${ageText(since, now)} ago`;

/** What an error says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** At most so many characters; the whole belongs into a title. */
export const cut = (text: string, most = 80): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/** Ids differ at their end: the last segment, and what comes before it. */
export function idParts(id: string, most = 14): readonly [head: string, tail: string] {
  const from = Math.max(id.lastIndexOf('/'), id.length - most);
  return from <= 0 || id.length <= most ? ['', id] : [id.slice(0, from), id.slice(from)];
}

/** An id of at most so many characters, cut in the middle; the whole belongs into a title. */
export function cutId(id: string, most = 40): string {
  if (id.length <= most) return id;
  const [, tail] = idParts(id, Math.ceil(most * 0.6));
  return `${id.slice(0, most - 1 - tail.length)}…${tail}`;
}

/** A share of which something is left out is never all. */
export const shareText = (share: number): string =>
  share >= 0.99 && share < 1 ? 'more than 99 %' : percentText(share);

export const percentText = (share: number): string => {
  const percent = share * 100;
  return `${percent >= 10 || percent === 0 || percent === 100 ? Math.round(percent) : Number(percent.toPrecision(1))} %`;
};

/** A state value as people read it: `paying`, `{paying: retrying, stock: held}`. */
export function stateText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return value === undefined ? '' : JSON.stringify(value);
  const parts = Object.entries(value);
  const [only] = parts;
  const inner = ([key, item]: [string, unknown]): string =>
    typeof item === 'object' && item !== null && Object.keys(item).length === 0
      ? key
      : `${key}.${stateText(item)}`;
  return parts.length === 1 && only !== undefined ? inner(only) : `{${parts.map(inner).join(', ')}}`;
}

/** The same of a state value that was told as text (JSON, when it is not the name of a single state). */
export function stateName(text: string): string {
  if (!text.startsWith('{')) return text;
  try {
    return stateText(JSON.parse(text));
  } catch {
    return text;
  }
}

/** What triggers a transition, until the texts of its chart have come. */
export function triggerText({ trigger, event }: Pick<ChartTransition, 'trigger' | 'event'>): string {
  if (trigger.kind === 'after')
    return `after ${typeof trigger.delay === 'number' ? durationText(trigger.delay) : trigger.delay}`;
  if ('actor' in trigger) return `${trigger.actor} ${trigger.kind.slice(6)}`;
  return trigger.kind === 'event' ? event : trigger.kind.slice(6) || 'always';
}
