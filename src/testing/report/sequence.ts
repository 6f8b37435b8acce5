import type { Action } from '../model/action.ts';
import { receiverOf } from '../model/participant.ts';
import type { Output, Trace, TraceStep } from '../model/trace.ts';
import type { SystemState } from '../model/view.ts';
import { changesBetween, stateOf } from './changes.ts';
import { eventText } from './say.ts';

/** Characters of a label: longer ones make the picture unreadable. */
const LABEL = 60;

/** Mermaid ends a statement at `;` and reads `#…;` as an entity; a line break ends the line. */
const escaped = (text: string): string => {
  const cut = text.length > LABEL ? `${text.slice(0, LABEL)}…` : text;
  return cut.replace(/[#;<>]/g, (character) => `#${character.charCodeAt(0)};`).replace(/\s+/g, ' ');
};

/**
 * A run as a Mermaid `sequenceDiagram`: a lifeline per actor, an arrow where a message is received, a cross where one is lost, notes for
 * what an actor does by itself and for changes of state. What can repeat for ever stands in a `loop`.
 */
export function toSequence(trace: Trace): string {
  const names = Object.keys(trace.initial.actors);
  const ids = new Map(names.map((name, at) => [name, `a${at}`]));
  const id = (name: string): string => ids.get(receiverOf(name)) ?? 'a0';
  const lines = ['sequenceDiagram', '  autonumber'];
  for (const name of names) lines.push(`  participant ${id(name)} as ${escaped(name)}`);
  lines.push(...opening(trace, id));
  let before = trace.initial;
  trace.steps.forEach((step, at) => {
    if (at === trace.loop) lines.push('  loop for ever');
    lines.push(...stepLines(step, before, id, names));
    before = step.state;
  });
  if (trace.loop !== undefined) lines.push('  end');
  return `${lines.join('\n')}\n`;
}

type Id = (name: string) => string;

const opening = ({ initial, opening: { emitted } }: Trace, id: Id): string[] => [
  ...Object.values(initial.actors).map(
    (actor) => `  Note over ${id(actor.name)}: ${escaped(stateOf(actor))}`,
  ),
  ...emitted.map(({ type }) => `  Note over a0: emitted ${escaped(type)}`),
];

function stepLines(step: TraceStep, before: SystemState, id: Id, names: readonly string[]): string[] {
  const actor = doer(step.action);
  const said = actor === undefined ? [] : emittedLines(step.output, id(actor));
  const notes = changesBetween(before, step.state).map(
    (change) => `  Note over ${id(change.actor)}: ${escaped(change.texts.join(', '))}`,
  );
  return [actionLine(step.action, id, names), ...said, ...notes];
}

const emittedLines = ({ emitted }: Output, id: string): string[] =>
  emitted.map((event) => `  Note over ${id}: emits ${escaped(eventText(event))}`);

/** Who acts; a fault of the network has nobody. */
const doer = (action: Action): string | undefined => {
  if ('actor' in action) return action.actor;
  return action.kind === 'deliver' ? receiverOf(action.sent.to) : undefined;
};

function actionLine(action: Action, id: Id, names: readonly string[]): string {
  switch (action.kind) {
    case 'deliver':
      return arrow('->>', action, id);
    case 'lose':
      return arrow('--x', action, id);
    case 'duplicate':
      return arrow('-->>', action, id, ' (duplicated)');
    case 'corrupt':
      return arrow('-->>', action, id, ` (corrupted into ${action.into.type})`);
    case 'forge':
      return arrow('-->>', action, id, ' (forged)');
    case 'choose':
      return `  ${id(action.actor)}->>${id(action.actor)}: ${escaped(eventText(action.event))}`;
    case 'timeout':
      return `  ${id(action.actor)}->>${id(action.actor)}: ${escaped(`timer ${action.timer}`)}`;
    case 'settle':
      return `  ${id(action.actor)}->>${id(action.actor)}: ${escaped(`${action.path.join('/')} ends`)}`;
    case 'crash':
      return `  Note over ${id(action.actor)}: CRASH`;
    case 'restart':
      return `  Note over ${id(action.actor)}: RESTART`;
    case 'partition':
      return `  Note over ${all(names, id)}: SPLIT ${escaped(action.side.join(', '))} | others`;
    case 'heal':
      return `  Note over ${all(names, id)}: WHOLE AGAIN`;
  }
}

const arrow = (
  head: string,
  { sent: { from, to, event } }: Extract<Action, { sent: unknown }>,
  id: Id,
  remark = '',
): string => `  ${id(from)}${head}${id(to)}: ${escaped(eventText(event))}${remark}`;

const all = (names: readonly string[], id: Id): string => {
  const [first = '', last = first] = [names[0], names.at(-1)];
  return first === last ? id(first) : `${id(first)},${id(last)}`;
};
