import type { Output, Trace, TraceStep } from '../model/trace.ts';
import type { SystemState } from '../model/view.ts';
import { changesBetween, stateOf, type Change } from './changes.ts';
import { actionText, eventText } from './say.ts';

/**
 * A run as numbered steps: what happened, then, indented, what the actors said and how they changed.
 *
 *     0  start
 *          coordinator: deciding
 *     1  rm0 chooses PREPARE
 *          rm0 → coordinator: PREPARED { from: "rm0" }
 *          rm0: working → prepared
 */
export function toSteps(trace: Trace): string {
  const width = String(trace.steps.length).length + 2;
  const lines = [`${'0'.padStart(width)}  start`, ...opening(trace).map((text) => indent(width, text))];
  let before = trace.initial;
  trace.steps.forEach((step, at) => {
    if (at === trace.loop) lines.push(`${' '.repeat(width)}  from here it can go on for ever:`);
    lines.push(`${String(at + 1).padStart(width)}  ${stepText(step)}`);
    lines.push(...details(step, before).map((text) => indent(width, text)));
    before = step.state;
  });
  if (trace.loop !== undefined)
    lines.push(`${' '.repeat(width)}  … and so on, again from step ${trace.loop + 1}`);
  return lines.join('\n');
}

const indent = (width: number, text: string): string => `${' '.repeat(width + 4)}${text}`;

const stepText = ({ action, time }: TraceStep): string =>
  time === undefined ? actionText(action) : `${actionText(action)}  (${time} ms)`;

const opening = ({ initial, opening: said }: Trace): string[] => [
  ...Object.values(initial.actors).map((actor) => `${actor.name}: ${stateOf(actor)}`),
  ...saidTexts(said),
];

const details = ({ output, state }: TraceStep, before: SystemState): string[] => [
  ...saidTexts(output),
  ...changesBetween(before, state).map(changeText),
];

const changeText = ({ actor, texts }: Change): string => `${actor}: ${texts.join(', ')}`;

const saidTexts = ({ sent, emitted }: Output): string[] => [
  ...sent.map(({ from, to, event }) => `${from} → ${to}: ${eventText(event)}`),
  ...emitted.map((event) => `emits ${eventText(event)}`),
];
