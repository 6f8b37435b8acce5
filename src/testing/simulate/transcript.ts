import type { EventObject } from 'xstate';
import { compact } from '../../message/json.ts';
import type { Action } from '../model/action.ts';
import type { Output } from '../model/trace.ts';
import { actionText } from '../report/say.ts';

const eventText = ({ type, ...fields }: EventObject): string =>
  Object.keys(fields).length === 0 ? type : `${type} ${compact(fields)}`;

const saidText = ({ sent, emitted }: Output): string =>
  [
    ...sent.map(({ from, to, event }) => ` | ${from} -> ${to} ${eventText(event)}`),
    ...emitted.map((event) => ` | emits ${eventText(event)}`),
  ].join('');

/** The line of a run's beginning: the same run gives the same lines, byte for byte. */
export const openingLine = (opening: Output): string => `0.000 start${saidText(opening)}`;

/** The line of an action and what it made the actors say; time in ms of virtual time. */
export const stepLine = (action: Action, output: Output, time: number): string =>
  `${time.toFixed(3)} ${actionText(action)}${saidText(output)}`;
