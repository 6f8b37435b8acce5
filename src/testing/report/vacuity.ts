import type { ChartTransition } from '../explore/transitions.ts';
import type { Vacuity } from '../explore/vacuity.ts';

/** What a search or a simulation did not see. */
type Unseen = Pick<Vacuity, 'unreached' | 'untaken'> &
  Partial<Pick<Vacuity, 'unhandled'>> & { readonly unused: readonly string[] };

/** Lines of one kind that are shown when not all are asked for. */
const few = 5;

const transitionText = ({ source, event, targets }: ChartTransition): string => {
  const to = targets.length === 0 ? 'stays' : targets.join(', ');
  return `${source} ${event === '' ? 'always' : event} → ${to}`;
};

/**
 * What a verdict says nothing about: `sometimes` never reached, faults with a budget that never happened, messages nobody heeded, transitions no
 * actor took. Empty when everything was seen.
 * @param all also the rest of long lists
 */
export function vacuityText({ unreached, untaken, unused, unhandled = [] }: Unseen, all: boolean): string {
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['never reached', unreached.map((name) => `"${name}"`)],
    ['faults that never happened', unused],
    ['messages never heeded', unhandled.map(({ to, type }) => `${type} to ${to}`)],
    ['transitions never taken', untaken.map(transitionText)],
  ];
  const lines = groups.flatMap(([title, items]) => group(title, items, all));
  return lines.length === 0 ? '' : ['Not seen, so nothing is said of it:', ...lines].join('\n');
}

function group(title: string, items: readonly string[], all: boolean): string[] {
  if (items.length === 0) return [];
  const shown = all ? items : items.slice(0, few);
  const rest = items.length - shown.length;
  return [
    `  ${title}:`,
    ...shown.map((item) => `    ${item}`),
    ...(rest === 0 ? [] : [`    … and ${rest} more`]),
  ];
}
