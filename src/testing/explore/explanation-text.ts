import type { Explanation, Variety } from './explain.ts';

/** Fields named for an actor; the others have fewer values. */
const FIELDS = 6;

const count = (value: number, what: string): string =>
  `${value.toLocaleString('en-US')} ${what}${value === 1 ? '' : 's'}`;

const note = ({ growing }: Variety): string => (growing ? ', still growing' : '');

const indented = (depth: number, variety: Variety, what: string): string => {
  const { name, values, sampled } = variety;
  const least = sampled === true ? 'at least ' : '';
  return `${'  '.repeat(depth)}${name}: ${least}${count(values, what)}${note(variety)}`;
};

/** What a state space consists of, for people: one line for each actor, below it its fields, most values first. */
export function explanationText(explanation: Explanation): string {
  const { actors, network, history, faults, growing, states } = explanation;
  const lines = [`${count(states, 'state')} of the system are made of`];
  for (const actor of actors) {
    lines.push(indented(1, actor, 'state'));
    for (const field of actor.fields.slice(0, FIELDS)) lines.push(indented(2, field, 'value'));
    if (actor.fields.length > FIELDS)
      lines.push(`    and ${count(actor.fields.length - FIELDS, 'more field')}`);
  }
  lines.push(
    `  network: ${count(network.values, 'content')} of up to ${count(network.longest, 'message')}${note(network)}`,
  );
  for (const message of network.messages.slice(0, FIELDS)) lines.push(indented(2, message, 'message'));
  if (history.values > 1) lines.push(indented(1, history, 'value'));
  if (faults.values > 1) lines.push(indented(1, faults, 'combination'));
  lines.push(
    growing.length === 0
      ? 'Nothing in it grows any more: it is the combinations that are many.'
      : `What still grows: ${growing.join(', ')}. A boundary on it ends the search.`,
  );
  return lines.join('\n');
}
