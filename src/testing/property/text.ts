import { viewOf } from '../model/views.ts';
import { changesOf } from '../report/changes.ts';
import { eventText } from '../report/say.ts';
import { moveText, stateText } from '../paths/text.ts';
import { observe, type Position } from './observation.ts';
import type { Play } from './play.ts';

/** A run in numbered lines: what happened, when, and what it changed and said. */
export function stepsText(name: string, { positions, moves }: Play): string {
  const width = String(positions.length).length + 2;
  return positions
    .flatMap((position, at) => {
      const own = at > moves.length ? '  (by itself)' : '';
      return [
        `${String(at).padStart(width)}  ${headline(position)}${own}`,
        ...details(name, positions[at - 1], position).map((text) => `${' '.repeat(width + 4)}${text}`),
      ];
    })
    .join('\n');
}

const headline = ({ move, time }: Position): string =>
  `${move === undefined ? 'start' : moveText(move)}${time === 0 ? '' : `  (${time} ms)`}`;

function details(name: string, before: Position | undefined, after: Position): string[] {
  const { sent, emitted, actor } = observe(name, after);
  const changes = before === undefined ? [stateText(actor)] : changesOf(viewOf(name, before.state), actor);
  const told = changes.length === 0 ? ['nothing changes'] : changes;
  return [
    ...told,
    ...sent.map(({ to, event }) => `→ ${to}: ${eventText(event)}`),
    ...emitted.map((event) => `emits ${eventText(event)}`),
  ];
}
