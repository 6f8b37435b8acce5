import type { Line } from '../../../monitoring/recording.ts';
import { durationText } from '../parts/words.ts';

const short = (type: string): string =>
  type
    .replace(/^xstate\.after\.([^.]*)\..*$/, (_, delay: string) => `after ${delayText(delay)}`)
    .replace(/^xstate\.done\.actor\./, 'done ')
    .replace(/^xstate\.error\.actor\./, 'error ')
    .replace(/^xstate\.promise\.(resolve|reject)$/, 'promise $1d')
    .slice(0, 120);

/** As a chart has it: `3 s`, `250 ms`, or the name of a delay. */
const delayText = (delay: string): string =>
  /^\d+$/.test(delay) ? durationText(Number(delay)).replace(/\.0+ s$/, ' s') : delay;

/** An event type as people say it. */
export const eventText = short;

/** What a step was, in a few words: the event that came, the timer, the fault. */
export function lineText({ action }: Line): string {
  const { kind } = action;
  const sent = action.sent as { event?: { type?: unknown } } | undefined;
  const event = (action.event ?? sent?.event) as { type?: unknown } | undefined;
  const type = typeof event?.type === 'string' ? short(event.type) : '';
  switch (kind) {
    case 'deliver':
    case 'choose':
      return type;
    case 'timeout':
      return short(String(action.timer));
    case 'settle':
      return `${Array.isArray(action.path) ? action.path.join('.') : 'work'} ${'error' in ((action.outcome as object | undefined) ?? {}) ? 'failed' : 'done'}`;
    default:
      return type === '' ? kind : `${kind} ${type}`;
  }
}

/** The conversation of a line: of the message that set it going, or, of a timer or the end of work, of its actor. */
export const conversationIdOf = ({ message, correlation }: Line): string | undefined =>
  message?.correlation ?? correlation;
