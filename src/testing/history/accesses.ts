import { TroupeError } from '../../errors.ts';
import { keyOf } from '../../kernel/key.ts';
import { Graph } from './graph.ts';
import { checkHistory, type Operation } from './operation.ts';
import { textOfValue } from './text.ts';

/** A read or a write of a register (`read`, `write`), or of one key of a store (`get`, `put`). */
export type AccessInput =
  | { readonly op: 'read' | 'get'; readonly key?: string }
  | { readonly op: 'write' | 'put'; readonly key?: string; readonly value: unknown };

export type Access = Operation<AccessInput>;

/** Version of a key before any write of the history. */
export const initial = -1;

/** Why one operation is before another one. */
export type Cause = 'then' | 'read by' | 'overwritten by';

/** Reads and writes with what follows what. Versions are named by the index of the write that made them, or `initial`. */
export interface Accesses {
  /** By call: writes that may have happened and reads that returned. */
  readonly operations: readonly Access[];
  readonly keys: readonly string[];
  /** By operation: the version it read or made; undefined for a read of what nobody wrote. */
  readonly versions: readonly (number | undefined)[];
  /** Causal order (Lamport 1978; Ahamad et al. 1995): what a process did one after another, and who read whose write. */
  readonly causes: Graph<Cause>;
  /** Writes of each key. */
  readonly writes: ReadonlyMap<string, readonly number[]>;
}

export const isRead = ({ input: { op } }: Access): boolean => op === 'read' || op === 'get';

const writtenBy = ({ input }: Access): unknown => ('value' in input ? input.value : undefined);

/**
 * Put reads and the writes they read together; therefore a value must be written to a key once.
 * @param missing what a read gives before any write
 * @throws TroupeError INVALID_HISTORY for another kind of operation, or a value that is written to a key twice
 */
export function accessesOf(history: readonly Access[], missing: unknown): Accesses {
  checkHistory(history);
  history.forEach((access, at) => checkAccess(access, at));
  const operations = history
    .filter((access) => access.failed !== true && !(isRead(access) && access.return === undefined))
    .sort((a, b) => a.call - b.call);
  const keys = operations.map(({ input }) => input.key ?? '');
  const { makers, writes } = indexed(operations, keys, missing);
  const nothing = keyOf(missing);
  const versions = operations.map((access, at) => {
    if (!isRead(access)) return at;
    const value = keyOf(access.output);
    return value === nothing ? initial : makers.get(keyOf([keys[at], value]));
  });
  return { operations, keys, versions, writes, causes: causesOf(operations, versions) };
}

function indexed(
  operations: readonly Access[],
  keys: readonly string[],
  missing: unknown,
): { makers: Map<string, number>; writes: Map<string, number[]> } {
  const makers = new Map<string, number>();
  const writes = new Map<string, number[]>();
  operations.forEach((access, at) => {
    if (isRead(access)) return;
    const key = keys[at] as string;
    const value = keyOf(writtenBy(access));
    const name = keyOf([key, value]);
    if (makers.has(name) || value === keyOf(missing))
      throw invalid(
        `The value ${textOfValue(writtenBy(access))} is written twice${key === '' ? '' : ` to ${key}`} (or was there before), so nobody can tell who read which. Write each value once.`,
      );
    makers.set(name, at);
    const those = writes.get(key);
    if (those === undefined) writes.set(key, [at]);
    else those.push(at);
  });
  return { makers, writes };
}

function causesOf(operations: readonly Access[], versions: readonly (number | undefined)[]): Graph<Cause> {
  const causes = new Graph<Cause>(operations.length);
  const latest = new Map<string | number, number>();
  operations.forEach(({ process, return: end }, at) => {
    const before = latest.get(process);
    if (before !== undefined) causes.add(before, at, 'then');
    // Nobody knows when, so nothing its process did later is after it.
    if (end !== undefined) latest.set(process, at);
    const version = versions[at];
    if (version !== undefined && version !== initial) causes.add(version, at, 'read by');
  });
  return causes;
}

const known: readonly string[] = ['read', 'get', 'write', 'put'];

function checkAccess({ input }: Access, at: number): void {
  const op = (input as AccessInput | undefined)?.op;
  if (op === undefined || !known.includes(op))
    throw invalid(
      `Operation ${at} is ${textOfValue(input)}; this check knows reads and writes only: ${known.join(', ')}.`,
    );
}

/** An access in words, as `b: read x -> 1`. */
export function accessText(access: Access): string {
  const { process, input, output } = access;
  const name = input.key === undefined ? input.op : `${input.op} ${input.key}`;
  return isRead(access)
    ? `${process}: ${name} -> ${textOfValue(output)}`
    : `${process}: ${name} ${textOfValue(writtenBy(access))}`;
}

const invalid = (message: string): TroupeError => new TroupeError('INVALID_HISTORY', message);
