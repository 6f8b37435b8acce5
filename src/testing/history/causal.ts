import {
  accessesOf,
  accessText,
  initial,
  isRead,
  type Access,
  type Accesses,
  type Cause,
} from './accesses.ts';
import { checkChoice } from './choice.ts';
import type { Closure, Edge, Graph } from './graph.ts';
import type { Judgement } from './operation.ts';

/**
 * - `causal`: who has seen an effect sees its causes.
 * - `convergent`: and all agree in the end which of two concurrent writes is the later one.
 * - `memory`: and each process sees all writes in one order, which may differ between processes (Ahamad et al. 1995).
 */
export type CausalModel = 'causal' | 'convergent' | 'memory';

export interface CausalOptions {
  /** Default `causal`. */
  readonly model?: CausalModel;
  /** What a read gives before any write. Default null. */
  readonly missing?: unknown;
}

/** The bad patterns of Bouajjani et al. */
export type CausalPattern =
  | 'thin-air read'
  | 'causal cycle'
  | 'read of nothing after a write'
  | 'read of an overwritten value'
  | 'cycle of overwrites';

export interface CausalJudgement extends Judgement {
  readonly pattern?: CausalPattern;
  /** The operations of the contradiction, each a cause of the next one. */
  readonly operations: readonly Access[];
}

/**
 * Is a history of reads and writes causally consistent? By the bad patterns of Bouajjani, Enea, Guerraoui & Hamza, "On Verifying
 * Causal Consistency" (POPL 2017): exact, in polynomial time, when each value is written to a key once. Real time does not matter.
 * @param history operations of a register (`read`, `write`) or of a store (`get`, `put`)
 * @throws TroupeError INVALID_HISTORY for a value that is written to a key twice, and for operations of another kind;
 * INVALID_OPTION for an unknown model
 */
export function causal(history: readonly Access[], options: CausalOptions = {}): CausalJudgement {
  const { model = 'causal', missing = null } = options;
  checkChoice('model', model, Object.keys(names));
  const accesses = accessesOf(history, missing);
  const found =
    thinAir(accesses) ??
    cyclic(accesses.causes) ??
    stale(accesses, accesses.causes) ??
    disagreement(accesses, model);
  if (found === undefined)
    return { verdict: 'holds', text: `The history is ${names[model]}.`, operations: [] };
  const { pattern, way } = found;
  const operations = way.map((at) => accesses.operations[at] as Access);
  const lines = operations.map((access, at) => `  ${at + 1}. ${accessText(access)}${linkText(found, at)}`);
  return {
    verdict: 'violated',
    pattern,
    operations,
    text: [`The history is not ${names[model]}: ${pattern}.`, ...lines, `  ${conclusions[pattern]}`].join(
      '\n',
    ),
  };
}

const names: Readonly<Record<CausalModel, string>> = {
  causal: 'causally consistent',
  convergent: 'causally convergent',
  memory: 'a causal memory',
};

const conclusions: Readonly<Record<CausalPattern, string>> = {
  'thin-air read': 'Nobody wrote this value.',
  'causal cycle': 'Each of them is a cause of itself.',
  'read of nothing after a write': 'The last one should have seen the first.',
  'read of an overwritten value':
    'The last one reads what the first wrote, and knows of a later write of that key.',
  'cycle of overwrites': 'There is no order of these writes that suits what was read.',
};

interface Contradiction {
  readonly pattern: CausalPattern;
  /** Operations by index, in the order of their causes. */
  readonly way: readonly number[];
  readonly links?: readonly Edge<Cause>[];
}

const linkText = ({ links }: Contradiction, at: number): string => {
  const label = links?.[at]?.label;
  return label === undefined ? '' : `, ${label}`;
};

const along = (pattern: CausalPattern, links: readonly Edge<Cause>[]): Contradiction => {
  const nodes = links.map(({ from }) => from);
  const last = links.at(-1)?.to;
  return { pattern, links, way: last === undefined || last === nodes[0] ? nodes : [...nodes, last] };
};

function thinAir({ versions }: Accesses): Contradiction | undefined {
  const at = versions.indexOf(undefined);
  return at < 0 ? undefined : { pattern: 'thin-air read', way: [at] };
}

function cyclic(order: Graph<Cause>): Contradiction | undefined {
  const cycle = order.cycle();
  return cycle && along('causal cycle', cycle);
}

/** A read of a version although a later one of the key is among its causes; the shortest of them. */
function stale(accesses: Accesses, order: Graph<Cause>, reader?: string | number): Contradiction | undefined {
  const closure = order.closure();
  let best: Contradiction | undefined;
  accesses.operations.forEach((access, read) => {
    if (!isRead(access) || (reader !== undefined && access.process !== reader)) return;
    for (const write of overwriting(accesses, read, closure)) {
      const version = accesses.versions[read] as number;
      const start = version === initial ? [] : (order.path(version, write) ?? []);
      const found = along(
        version === initial ? 'read of nothing after a write' : 'read of an overwritten value',
        [...start, ...(order.path(write, read) ?? [])],
      );
      if (found.way.length < (best?.way.length ?? Infinity)) best = found;
    }
  });
  return best;
}

/** Writes of the key that a read has among its causes, and that are later than the version it gave. */
const overwriting = ({ keys, versions, writes }: Accesses, read: number, closure: Closure): number[] => {
  const version = versions[read];
  if (version === undefined) return [];
  return (writes.get(keys[read] as string) ?? []).filter(
    (write) =>
      write !== version &&
      closure.reaches(write, read) &&
      (version === initial || closure.reaches(version, write)),
  );
};

function disagreement(accesses: Accesses, model: CausalModel): Contradiction | undefined {
  if (model === 'causal') return undefined;
  if (model === 'convergent') {
    const order = accesses.causes.copy();
    overwrite(accesses, order, order.closure(), () => true);
    const cycle = order.cycle();
    return cycle && along('cycle of overwrites', cycle);
  }
  const processes = new Set(accesses.operations.map(({ process }) => process));
  for (const process of processes) {
    const found = ownOrder(accesses, process);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The least order of what one process may know in which its reads give the latest version: a write it has heard of before a read
 * comes before the one whose value it read.
 */
function ownOrder(accesses: Accesses, process: string | number): Contradiction | undefined {
  const order = accesses.causes.copy();
  for (;;) {
    const closure = order.closure();
    const grown = overwrite(
      accesses,
      order,
      closure,
      (read) => accesses.operations[read]?.process === process,
    );
    const cycle = grown ? order.cycle() : undefined;
    if (cycle !== undefined) return along('cycle of overwrites', cycle);
    const unseen = stale(accesses, order, process);
    if (unseen !== undefined) return unseen;
    if (!grown) return undefined;
  }
}

/** A write that is a cause of a read comes before the write whose value was read. Did that say anything new? */
function overwrite(
  { operations, keys, versions, writes }: Accesses,
  order: Graph<Cause>,
  closure: Closure,
  reads: (read: number) => boolean,
): boolean {
  let grown = false;
  operations.forEach((access, read) => {
    const version = versions[read];
    if (!isRead(access) || version === undefined || version === initial || !reads(read)) return;
    for (const write of writes.get(keys[read] as string) ?? []) {
      if (write === version || !closure.reaches(write, read) || closure.reaches(write, version)) continue;
      order.add(write, version, 'overwritten by');
      grown = true;
    }
  });
  return grown;
}
