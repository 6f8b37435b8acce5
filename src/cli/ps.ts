import type { Command } from 'commander';
import type { ActorRow } from '../cluster/control.ts';
import type { Member } from '../cluster/membership.ts';
import { attach, attachable, everyone, whole, type Attachment } from './attach.ts';
import { compact } from '../message/json.ts';
import { print, table } from './show.ts';

interface Options extends Attachment {
  readonly kind?: string;
  readonly state?: string;
  readonly limit: number;
}

/** What there is, as `--json` prints it. */
interface Census {
  readonly nodes: readonly (Member & { readonly actors: number })[];
  /** Actors that pass the filters, at most `limit`. */
  readonly actors: readonly ActorRow[];
  /** Actors that pass the filters and are not among them. */
  readonly hidden: number;
}

const ps = async (options: Options): Promise<void> => {
  const census = await attach(options, async (system) => {
    await everyone();
    const [rows, members] = [await system.actors({ timeout: options.timeout }), system.members()];
    return countOf(rows, members, options);
  });
  print(options.json === true ? compact(census) : describe(census, options.system));
};

function countOf(rows: readonly ActorRow[], members: readonly Member[], options: Options): Census {
  const perNode = new Map<string, number>();
  for (const { node } of rows) perNode.set(node, (perNode.get(node) ?? 0) + 1);
  const chosen = rows.filter((row) => passes(row, options)).sort((a, b) => order(a.address, b.address));
  return {
    nodes: members
      .map((member) => ({ ...member, actors: perNode.get(member.node) ?? 0 }))
      .sort((a, b) => order(a.node, b.node)),
    actors: chosen.slice(0, options.limit),
    hidden: Math.max(0, chosen.length - options.limit),
  };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const passes = (row: ActorRow, { kind, state }: Options): boolean =>
  (kind === undefined || row.kind === kind) && (state === undefined || isIn(row.state, state));

/** The whole state value, or the name of one of its outermost states: `paying` for `{"paying":"card"}`. */
const isIn = (value: string, state: string): boolean =>
  value === state || (value.startsWith('{') && value.includes(`${JSON.stringify(state)}:`));

function describe({ nodes, actors, hidden }: Census, system: string): string {
  if (nodes.length === 0) return `no node of a system "${system}" is there (another one: --system, --nats)`;
  const rows = actors.map(({ address, node, kind, status, state }) => [address, node, kind, status, state]);
  const lines = rows.length === 0 ? [] : [table(['ADDRESS', 'NODE', 'KIND', 'STATUS', 'STATE'], rows)];
  if (hidden > 0) lines.push(`… and ${hidden} more: narrow with --kind or --state, or raise --limit`);
  if (rows.length === 0) lines.push('no actors');
  lines.push(`${count(nodes.length, 'node')}: ${nodes.map(inShort).join(', ')}`);
  return lines.join('\n');
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

function inShort({ node, actors, services }: Census['nodes'][number]): string {
  const served = Object.entries(services).map(([name, instances]) => `${name} x${instances}`);
  return `${node} (${[count(actors, 'actor'), ...served].join(', ')})`;
}

/** `troupe ps`: the actors of all nodes of a live system. */
export function register(program: Command): void {
  attachable(program.command('ps').description('list the actors and nodes of a live system'))
    .option('--kind <kind>', 'only actors whose machine has this id')
    .option('--state <state>', 'only actors in this state')
    .option('--limit <count>', 'list at most so many actors', whole(Number.MAX_SAFE_INTEGER), 1_000)
    .option('--json', 'print {"nodes":[…],"actors":[…],"hidden":0} on one line')
    .action(ps);
}
