import { coverageTable } from '../testing/cover/table.ts';
import { counted } from '../testing/paths/text.ts';
import type { Path } from '../testing/paths/path.ts';
import type { Incomplete, Paths } from '../testing/paths/paths.ts';

const limits: Readonly<Record<Incomplete['limit'], string>> = {
  states: 'states',
  memory: 'memory',
  paths: 'paths',
  time: 'time',
  key: 'key',
};

/** Why these are not all paths, and what to do; one line. */
const incompleteText = ({ limit, grows }: Incomplete, found: number): string => {
  if (limit === 'paths') return 'not all paths: the limit of paths is reached (--limit)';
  const worst = grows[0];
  const field =
    worst === undefined ? '' : `; ${worst.field} grows (${worst.values} values, one is ${worst.latest})`;
  return `not all paths: the limit of ${limits[limit]} is reached after ${found} states${field}`;
};

/** Where it is most likely to come from: a guard that refuses an event without what it should carry, a state's name. */
const NONE =
  'no path: nothing leaves the initial state, or nothing leads to --to; events carry what --cases says, and nothing else';

const numbered = (paths: readonly Path[]): string[] => {
  const width = String(paths.length).length;
  return paths.map(({ name }, index) => `${String(index + 1).padStart(width)}. ${name}`);
};

export function toText(paths: Paths, withCoverage: boolean): string {
  const { incomplete, graph } = paths;
  const failures = paths.failures();
  return [
    ...numbered(paths.all),
    '',
    [counted(paths.length, 'path'), counted(paths.steps, 'step'), counted(graph.states.length, 'state')].join(
      ', ',
    ),
    ...(paths.length === 0 ? [NONE] : []),
    ...(incomplete === undefined ? [] : [incompleteText(incomplete, graph.states.length)]),
    ...(failures.length === 0 ? [] : [`the machine fails on ${failures.length}: ${failureText(failures)}`]),
    ...(withCoverage ? ['', coverageTable(paths.coverage())] : []),
    '',
  ].join('\n');
}

const failureText = ([first]: readonly Path[]): string => {
  const error = first?.state.error;
  return error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : String(error);
};

const jsonPath = (path: Path): object => ({
  name: path.name,
  steps: path.steps.map(({ move, view: { value, status, context }, transitions }) => ({
    move,
    state: { value: value as unknown, status, context: context as unknown },
    transitions,
  })),
});

export const toJson = (paths: Paths): string =>
  JSON.stringify(
    {
      version: 1,
      states: paths.graph.states.length,
      edges: paths.graph.edges.length,
      complete: paths.complete,
      ...(paths.incomplete === undefined ? {} : { incomplete: paths.incomplete }),
      steps: paths.steps,
      paths: paths.all.map(jsonPath),
      coverage: paths.coverage(),
    },
    plain,
    2,
  );

/** What JSON cannot hold, as it can. */
const plain = (_name: string, value: unknown): unknown => {
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
  if (value instanceof Set) return [...(value as Set<unknown>)];
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'object' && value !== null && 'sessionId' in value)
    return { actor: String((value as { id?: unknown }).id) };
  return value;
};
