import type { Cause } from '../../durable/commit.ts';
import type { StoredCommit, StoredEffect } from '../../durable/history/history.ts';

/** A commit as a person tells it: what it was told → what it is then, and what it does about it. */
export function story({ causes, status, value, effects }: StoredCommit): string {
  const told = counted(causes.map(causeText));
  const cause = told === '' ? '(what it said was taken)' : told;
  const end = status === 'active' ? '' : value === undefined ? status : ` (${status})`;
  const state = `${value === undefined ? '' : stateText(value)}${end}`;
  const done = effects === undefined ? '(effects unknown)' : effects.map(effectText).join(', ');
  return `${cause} → ${state === '' ? 'active' : state}${done === '' ? '' : ` · ${done}`}`;
}

/** `ADD ×5, GET` */
function counted(texts: readonly string[]): string {
  const runs: { text: string; count: number }[] = [];
  for (const text of texts) {
    const last = runs.at(-1);
    if (last?.text === text) last.count += 1;
    else runs.push({ text, count: 1 });
  }
  return runs.map(({ text, count }) => (count === 1 ? text : `${text} ×${count}`)).join(', ');
}

const within = (path: readonly string[] = []): string => (path.length === 0 ? '' : ` in ${path.join('/')}`);

function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'start':
      return 'start';
    case 'message':
      return `${cause.event.type}${cause.from === undefined ? '' : ` from ${cause.from}`}${within(cause.path)}`;
    case 'event':
      return `${cause.event.type}${within(cause.path)}`;
    case 'timer':
      return `${timerText(cause.id)}${within(cause.path)}`;
    case 'settled':
      return `${cause.path.map(childText).join('/')} ${cause.outcome === 'done' ? 'done' : 'failed'}`;
  }
}

/** XState names the timer of an `after` `xstate.after.<delay>.<state>`. */
function timerText(id: string): string {
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(id) ?? [];
  if (delay === undefined) return `timer ${id}`;
  return `after ${delay}${/^\d+$/.test(delay) ? ' ms' : ''}`;
}

/** XState names an invoked actor `<number>.<machine>.<state>` unless the chart does. */
const childText = (id: string): string => id.replace(/^\d+\.[^.]+\./, '');

/** `paying.asking`, `{door: open, light: on}` */
function stateText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries(value);
  const text = ([name, inner]: [string, unknown]): string => {
    const below = stateText(inner);
    return below === '' ? name : `${name}.${below}`;
  };
  if (parts.length <= 1) return parts.map(text).join('');
  return `{${parts.map(text).join(', ')}}`;
}

function effectText(effect: StoredEffect): string {
  switch (effect.kind) {
    case 'send':
      return `tell ${effect.to} ${effect.event.type}`;
    case 'reply':
      return `reply ${effect.event.type}`;
    case 'refuse':
      return `refuse ${effect.error.code}`;
    case 'ask':
      return `ask ${effect.to} ${effect.event.type}`;
    case 'emit':
      return `emit ${effect.event.type}`;
    case 'action':
      return `do ${effect.type}`;
    case 'work':
      return `run ${effect.src}`;
  }
}
