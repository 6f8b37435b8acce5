import type { Resident } from '../actor/resident.ts';
import type { ActorRow } from './control.ts';

/** Some actors of one node: an answer that fits into a message, however many actors there are. */
export interface Page {
  readonly actors: readonly ActorRow[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: number | undefined;
}

/**
 * The actors from the `from`th on, as many as `bytes` surely hold, at least one. Positions shift when an actor before them
 * ends: a list that takes several pages is that of a system in motion, not a snapshot of it.
 */
export function pageOf(node: string, cells: Iterable<Resident>, from: number, bytes: number): Page {
  const actors: ActorRow[] = [];
  let position = 0;
  let left = bytes;
  for (const cell of cells) {
    if (position++ < from) continue;
    const row = rowOf(node, cell);
    left -= sizeOf(row);
    if (left < 0 && actors.length > 0) return { actors, next: position - 1 };
    actors.push(row);
  }
  return { actors };
}

/** All pages of a node, one after the other. A node that stops answering has told of those until then. */
export async function collect(ask: (from: number) => Promise<unknown>): Promise<readonly ActorRow[]> {
  const rows: ActorRow[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    const page: unknown = await ask(from).catch(() => undefined);
    if (!isPage(page)) break;
    for (const row of page.actors) rows.push(row);
    // A page that does not lead on would be asked for again and again.
    from = page.next !== undefined && page.next > from ? page.next : undefined;
  }
  return rows;
}

export function rowOf(node: string, cell: Resident): ActorRow {
  const { id } = cell.logic as { id?: unknown };
  const snapshot = (cell.snapshot ?? {}) as { status?: string; value?: unknown };
  return {
    address: cell.address,
    node,
    kind: typeof id === 'string' ? shortened(id) : 'logic',
    status: snapshot.status ?? 'restarting',
    state: shortened(textOf(snapshot.value)),
  };
}

const textOf = (value: unknown): string => {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Longest text of a row that a user's chart decides on, characters. */
const LONGEST = 256;

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** A UTF-16 unit takes at most three bytes; names of fields and lengths come on top. */
const sizeOf = (row: ActorRow): number =>
  64 + 3 * Object.values(row).reduce((sum: number, text: string) => sum + text.length, 0);

const isPage = (value: unknown): value is Page => {
  const { actors, next } = (value ?? {}) as Partial<Record<keyof Page, unknown>>;
  return Array.isArray(actors) && actors.every(isRow) && (next === undefined || Number.isSafeInteger(next));
};

const isRow = (value: unknown): boolean => {
  const { address, node, kind, status, state } = (value ?? {}) as Partial<Record<keyof ActorRow, unknown>>;
  return [address, node, kind, status, state].every((field) => typeof field === 'string');
};
