import type { EventObject } from 'xstate';
import type { Action } from '../model/action.ts';
import type { Trace } from '../model/trace.ts';
import type { Sent } from '../model/view.ts';

const WIDTH = 60;

/** Fields of an event on one line, cut when long. */
const payload = (given: EventObject): string => {
  const fields = Object.entries(given).filter(([name]) => name !== 'type');
  if (fields.length === 0) return '';
  const text = JSON.stringify(Object.fromEntries(fields), (_name, value: unknown) => plain(value));
  return ` ${text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text}`;
};

const plain = (value: unknown): unknown => {
  if (value instanceof Set) return [...(value as Set<unknown>)];
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
  if (value instanceof Error) return value.message;
  return typeof value === 'bigint' ? value.toString() : value;
};

const event = (given: EventObject): string => `${given.type}${payload(given)}`;
const message = ({ from, to, event: said }: Sent): string => `${from} -> ${to}: ${event(said)}`;

/** An action in words, on one line. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'deliver':
      return message(action.sent);
    case 'choose':
      return `${action.actor} is told ${event(action.event)}`;
    case 'timeout':
      return `${[action.actor, ...action.path].join('/')}: timer ${action.timer} runs out`;
    case 'settle': {
      const end = 'error' in action.outcome ? 'fails' : 'is done';
      return `${[action.actor, ...action.path].join('/')} ${end}`;
    }
    case 'lose':
      return `lost: ${message(action.sent)}`;
    case 'duplicate':
      return `duplicated: ${message(action.sent)}`;
    case 'corrupt':
      return `corrupted: ${message(action.sent)} becomes ${event(action.into)}`;
    case 'forge':
      return `forged: ${message(action.sent)}`;
    case 'crash':
      return `${action.actor} crashes`;
    case 'restart':
      return `${action.actor} starts again`;
    case 'partition':
      return `the network splits: ${action.side.join(', ')} on one side`;
    case 'heal':
      return 'the network is whole again';
  }
}

/** A trace as numbered lines, for people. */
export function printSteps({ steps, loop }: Trace): string {
  const lines = steps.map(
    ({ action }, at) =>
      `${String(at + 1).padStart(3)}. ${describeAction(action)}${at === loop ? '   <- and again from here' : ''}`,
  );
  return lines.length === 0 ? '     (in the initial state)' : lines.join('\n');
}
