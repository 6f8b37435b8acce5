import type { EventObject } from 'xstate';
import { fields } from '../../message/json.ts';
import type { Action } from '../model/action.ts';
import type { Sent } from '../model/view.ts';
import { brief } from './changes.ts';

/** An event on one line: its type and what it carries. */
export function eventText({ type, ...payload }: EventObject): string {
  const carried = fields(payload);
  return carried === '' ? type : `${type} { ${carried} }`;
}

const letter = ({ from, to, event }: Sent): string => `${eventText(event)} from ${from} to ${to}`;

/** An action as a sentence: who does what. */
export function actionText(action: Action): string {
  switch (action.kind) {
    case 'deliver':
      return `${action.sent.to} receives ${eventText(action.sent.event)} from ${action.sent.from}`;
    case 'choose':
      return `${action.actor} chooses ${eventText(action.event)}`;
    case 'timeout':
      return `${action.actor} times out: ${action.timer}`;
    case 'settle':
      return `${action.actor}: ${action.path.join('/')} ${settled(action)}`;
    case 'lose':
      return `lost: ${letter(action.sent)}`;
    case 'duplicate':
      return `duplicated: ${letter(action.sent)}`;
    case 'corrupt':
      return `corrupted: ${letter(action.sent)} becomes ${eventText(action.into)}`;
    case 'forge':
      return `forged: ${letter(action.sent)}`;
    case 'crash':
      return `${action.actor} crashes`;
    case 'restart':
      return `${action.actor} restarts`;
    case 'partition':
      return `the network splits: ${action.side.join(', ')} | the others`;
    case 'heal':
      return 'the network is whole again';
  }
}

const settled = ({ outcome }: Extract<Action, { kind: 'settle' }>): string =>
  'error' in outcome ? `fails with ${brief(outcome.error)}` : `is done with ${brief(outcome.output)}`;
