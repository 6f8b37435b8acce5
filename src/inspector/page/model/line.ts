import type { Line } from '../../../monitoring/recording.ts';

const short = (type: string): string =>
  type
    .replace(/^xstate\.after\.([^.]*)\..*$/, 'after $1')
    .replace(/^xstate\.done\.actor\./, 'done ')
    .replace(/^xstate\.error\.actor\./, 'error ')
    .replace(/^xstate\.promise\.(resolve|reject)$/, 'promise $1d')
    .slice(0, 120);

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
