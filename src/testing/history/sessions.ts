import { accessesOf, accessText, initial, isRead, type Access, type Accesses } from './accesses.ts';
import { checkChoice } from './choice.ts';
import type { Judgement } from './operation.ts';

/** What one process may rely on about its own past (Terry et al., "Session Guarantees for Weakly Consistent Replicated Data", 1994). */
export type Guarantee = 'read your writes' | 'monotonic reads' | 'monotonic writes' | 'writes follow reads';

const all: readonly Guarantee[] = [
  'read your writes',
  'monotonic reads',
  'monotonic writes',
  'writes follow reads',
];

export interface SessionOptions {
  /** Default: all four. */
  readonly guarantees?: readonly Guarantee[];
  /** What a read gives before any write. Default null. */
  readonly missing?: unknown;
  /**
   * The revision of the key that an operation read or made, where the store tells it, as NATS does. Without it a version is older
   * than another only when it is among its causes.
   */
  readonly revision?: (access: Access) => number | undefined;
}

export interface SessionViolation {
  readonly guarantee: Guarantee;
  /** What was relied on, in order, and last the operation that broke it. */
  readonly operations: readonly Access[];
}

export interface SessionJudgement extends Judgement {
  /** The first of each guarantee that is broken. */
  readonly violations: readonly SessionViolation[];
}

/**
 * Does every process see a past that only grows? A process is a session.
 * @param history operations of a register (`read`, `write`) or of a store (`get`, `put`)
 * @throws TroupeError INVALID_HISTORY for a value that is written to a key twice, and for operations of another kind;
 * INVALID_OPTION for an unknown guarantee
 */
export function sessions(history: readonly Access[], options: SessionOptions = {}): SessionJudgement {
  const { guarantees = all, missing = null, revision } = options;
  for (const guarantee of guarantees) checkChoice('guarantee', guarantee, all);
  const accesses = accessesOf(history, missing);
  const broken = new Audit(accesses, revision).run();
  const violations = guarantees.flatMap((guarantee): SessionViolation[] => {
    const chain = broken.get(guarantee);
    return chain === undefined
      ? []
      : [{ guarantee, operations: chain.map((at) => accesses.operations[at] as Access) }];
  });
  if (violations.length === 0)
    return { verdict: 'holds', violations, text: `The history keeps ${guarantees.join(', ')}.` };
  const text = violations.map(({ guarantee, operations }) =>
    [`Not kept: ${guarantee}.`, ...operations.map((each, at) => `  ${at + 1}. ${accessText(each)}`)].join(
      '\n',
    ),
  );
  return { verdict: 'violated', violations, text: text.join('\n') };
}

/** A reason not to read a key older than a version. */
interface Floor {
  readonly guarantee: Guarantee;
  readonly version: number;
  /** Operations the reason consists of. */
  readonly because: readonly number[];
}

type Latest = ReadonlyMap<string, { readonly version: number; readonly at: number }>;

/** What a process had done when it wrote: by key, its last write and its last read. */
interface Past {
  readonly wrote: Latest;
  readonly read: Latest;
}

const nothing: Past = { wrote: new Map(), read: new Map() };

class Audit {
  readonly #accesses: Accesses;
  readonly #revisions = new Map<number, number>();
  readonly #older: (a: number, b: number) => boolean;
  readonly #broken = new Map<Guarantee, readonly number[]>();
  readonly #pasts = new Map<string | number, Past>();
  readonly #before = new Map<number, Past>();
  readonly #floors = new Map<string, Floor[]>();

  constructor(accesses: Accesses, revision: SessionOptions['revision']) {
    this.#accesses = accesses;
    accesses.operations.forEach((access, at) => {
      const given = revision?.(access);
      const version = accesses.versions[at];
      if (given !== undefined && version !== undefined) this.#revisions.set(version, given);
    });
    const closure = accesses.causes.closure();
    this.#older = (a, b) => {
      if (a === b) return false;
      if (a === initial || b === initial) return a === initial;
      const [first, second] = [this.#revisions.get(a), this.#revisions.get(b)];
      return first !== undefined && second !== undefined ? first < second : closure.reaches(a, b);
    };
  }

  run(): ReadonlyMap<Guarantee, readonly number[]> {
    // What a write depends on is known before anybody's read of it is looked at, whenever that was.
    this.#accesses.operations.forEach((access, at) => this.#remember(access, at));
    this.#accesses.operations.forEach((access, at) => {
      if (isRead(access)) this.#read(access, at);
      else this.#wrote(access, at);
    });
    return this.#broken;
  }

  #remember(access: Access, at: number): void {
    const { process } = access;
    const past = this.#pasts.get(process) ?? nothing;
    const version = this.#accesses.versions[at];
    const key = this.#accesses.keys[at] as string;
    if (!isRead(access)) this.#before.set(at, past);
    // A write whose outcome is unknown may come late: what follows it does not depend on it.
    if (version === undefined || version === initial || access.return === undefined) return;
    const entry = { version, at };
    this.#pasts.set(
      process,
      isRead(access)
        ? { ...past, read: new Map(past.read).set(key, entry) }
        : { ...past, wrote: new Map(past.wrote).set(key, entry) },
    );
  }

  #read(access: Access, at: number): void {
    const version = this.#accesses.versions[at];
    if (version === undefined) return;
    const key = this.#accesses.keys[at] as string;
    for (const floor of this.#floors.get(this.#place(access, key)) ?? [])
      if (this.#older(version, floor.version)) this.#break(floor.guarantee, [...floor.because, at]);
    if (version === initial) return;
    this.#raise(access, key, { guarantee: 'monotonic reads', version, because: [at] });
    const { wrote, read } = this.#before.get(version) ?? nothing;
    for (const [name, past] of wrote)
      this.#raise(access, name, {
        guarantee: 'monotonic writes',
        version: past.version,
        because: [past.at, version, at],
      });
    for (const [name, past] of read)
      this.#raise(access, name, {
        guarantee: 'writes follow reads',
        version: past.version,
        because: [past.at, version, at],
      });
  }

  #wrote(access: Access, at: number): void {
    const key = this.#accesses.keys[at] as string;
    const { wrote, read } = this.#before.get(at) ?? nothing;
    const own = wrote.get(key);
    const seen = read.get(key);
    // Two versions of one key with revisions show it by themselves.
    if (own !== undefined && this.#older(at, own.version)) this.#break('monotonic writes', [own.at, at]);
    if (seen !== undefined && this.#older(at, seen.version))
      this.#break('writes follow reads', [seen.at, at]);
    if (access.return !== undefined)
      this.#raise(access, key, { guarantee: 'read your writes', version: at, because: [at] });
  }

  #raise(access: Access, key: string, floor: Floor): void {
    const place = this.#place(access, key);
    const floors = this.#floors.get(place) ?? [];
    if (floors.some(({ guarantee, version }) => guarantee === floor.guarantee && version === floor.version))
      return;
    const kept = floors.filter(
      ({ guarantee, version }) => guarantee !== floor.guarantee || !this.#older(version, floor.version),
    );
    this.#floors.set(place, [...kept, floor]);
  }

  #place = ({ process }: Access, key: string): string => JSON.stringify([process, key]);

  #break(guarantee: Guarantee, chain: readonly number[]): void {
    if (!this.#broken.has(guarantee)) this.#broken.set(guarantee, chain);
  }
}
