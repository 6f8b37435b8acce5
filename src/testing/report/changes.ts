import { keyOf } from '../../kernel/key.ts';
import { compact } from '../../message/json.ts';
import type { ActorView, SystemState } from '../model/view.ts';

/** What became different about one actor, in words. */
export interface Change {
  readonly actor: string;
  /** `working → prepared`, `votes: {} → {"rm0":true}`, `crashed`, `timer backoff set`. */
  readonly texts: readonly string[];
}

/** Characters of a value shown before it is cut. */
const CLEAR_ENOUGH = 80;

/** A value on one line, cut where it is long. */
export const brief = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? value : compact(value);
  return text.length > CLEAR_ENOUGH ? `${text.slice(0, CLEAR_ENOUGH)}…` : text;
};

const same = (one: unknown, other: unknown): boolean => one === other || keyOf(one) === keyOf(other);

/** The state value of a chart, or what stands for it: its status. */
export const stateOf = ({ status, value }: ActorView): string =>
  status === 'crashed' || value === undefined ? status : brief(value);

const plain = (context: unknown): Readonly<Record<string, unknown>> =>
  typeof context === 'object' && context !== null ? (context as Readonly<Record<string, unknown>>) : {};

function contextTexts(before: unknown, after: unknown): string[] {
  if (same(before, after)) return [];
  const [old, now] = [plain(before), plain(after)];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names]
    .filter((name) => !same(old[name], now[name]))
    .map((name) => `${name}: ${brief(old[name])} → ${brief(now[name])}`);
}

const timerTexts = (before: ActorView, after: ActorView): string[] => [
  ...after.timers.filter((id) => !before.timers.includes(id)).map((id) => `timer ${id} set`),
  ...before.timers.filter((id) => !after.timers.includes(id)).map((id) => `timer ${id} off`),
];

/** What became different about an actor. */
export function changesOf(before: ActorView, after: ActorView): string[] {
  if (before === after) return [];
  const [old, now] = [stateOf(before), stateOf(after)];
  if (after.status === 'crashed') return old === now ? [] : ['crashed'];
  if (before.status === 'crashed') return [`back as ${now}`, ...contextTexts({}, after.context)];
  const texts = old === now ? [] : [`${old} → ${now}`];
  if (after.status === 'error' && before.status !== 'error') texts.push(`failed: ${reason(after.error)}`);
  return [...texts, ...contextTexts(before.context, after.context), ...timerTexts(before, after)];
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : brief(error));

/** What is different about the actors of a system between two states. */
export const changesBetween = (before: SystemState, after: SystemState): Change[] =>
  Object.values(after.actors).flatMap((now) => {
    const old = before.actors[now.name];
    const texts = old === undefined ? [] : changesOf(old, now);
    return texts.length === 0 ? [] : [{ actor: now.name, texts }];
  });
