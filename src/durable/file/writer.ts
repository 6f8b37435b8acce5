import { BLOCK, findEntry, sizeOf, SLOTS, writeEntry, type Head } from './block.ts';
import { encodeTail, part, TAIL, type FileDatabase } from './database.ts';
import { nextHead, type Heads } from './heads.ts';
import { isTroupeError } from '../../errors.ts';
import { fenced } from '../store-errors.ts';
import type { Position } from '../store.ts';

/** Groups under way at the same time: the next is filled while they are written. */
const GROUPS = 4;
/** Buffers that are used again, count. */
const SPARE = 64;
/** Groups of so many tasks are answered in two halves. */
const HALVED = 64;
/** From an answer until the group that follows from it is with lmdb's writer: the end of this turn, of the next, and of lmdb's own. */
const TURNS = 3;

/** Whose append it is. */
export interface Terms {
  /** Records that are kept of each actor. */
  readonly kept: number;
  /** What lmdb or the file system said, in words. */
  readonly explain: (error: unknown, id: string) => Promise<unknown>;
}

/** What is asked for, until it is settled. */
interface Task {
  readonly id: string;
  /** undefined: purge the actor, wherever it is. */
  readonly expected: Position | undefined;
  readonly terms: Terms | undefined;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: unknown) => void;
  record: Uint8Array | undefined;
  position: Position;
  head: Head;
  /** It was tried again because another's damaged page was in the way. */
  isRenewed: boolean;
}

interface Block {
  readonly bytes: Buffer;
  used: number;
  slots: number;
}

/** What is stored at once. */
interface Group {
  /** Number of the block before it. */
  readonly after: number;
  /** Of the group before it, which is to be the last one in the log; and its own. */
  readonly former: number;
  readonly stamp: number;
  readonly blocks: Block[];
  readonly tasks: Task[];
}

const NONE: Head = { last: 0, base: 0, cut: 0, next: 0, since: 0 };

/**
 * Job: appends, in groups: all that wait at the end of a turn are one transaction, which is stored on the single condition that the log
 * still ends with the group that this process saw last. So what is known here of the heads of actors decides who may append, without asking the
 * database for each, and is never wrong when the group is stored.
 *
 * - W1 a group is stored whole or not at all, and only as the next one of the log;
 * - W2 when another process has stored something, no group under way is: the log is read up to its end, and all is decided again, in order;
 * - W3 nobody is refused by what is not stored yet: that may still fail;
 * - W4 nothing that is not stored is seen by readers.
 */
export class Writer {
  readonly #database: FileDatabase;
  readonly #heads: Heads;
  readonly #nextStamp: () => number;
  readonly #stored: () => void;
  /** Heads as they will be. */
  readonly #pending = new Map<string, Head>();
  readonly #spare: Buffer[] = [];
  #open: Group | undefined;
  /** Number of the last block that was begun. */
  #last = 0;
  /** Of the last group that was begun. */
  #stamp = 0;
  /** Bytes of the log with all groups that were begun. */
  #written = 0;
  #underWay = 0;
  #isScheduled = false;
  /** A group was not stored: what is asked for waits until no other is under way. */
  #isFailed = false;
  #again: Task[] = [];
  #later: Task[] = [];

  /**
   * @param nextStamp gives a number that nobody was or will be given, in whatever process
   * @param stored is called after each group
   */
  constructor(database: FileDatabase, heads: Heads, nextStamp: () => number, stored: () => void) {
    this.#database = database;
    this.#heads = heads;
    this.#nextStamp = nextStamp;
    this.#stored = stored;
  }

  /** @throws TroupeError FENCED, and what lmdb throws */
  async append(id: string, record: Uint8Array, expected: Position, terms: Terms): Promise<Position> {
    return new Promise((resolve, reject) => {
      this.#take({ id, expected, terms, resolve, reject, record, position: 0, head: NONE, isRenewed: false });
    });
  }

  async purge(id: string): Promise<void> {
    await new Promise((resolve, reject) => {
      const nothing = { record: undefined, position: 0, head: NONE, isRenewed: false };
      this.#take({ id, expected: undefined, terms: undefined, resolve, reject, ...nothing });
    });
  }

  #take(task: Task): void {
    if (this.#isFailed) return void this.#later.push(copied(task));
    try {
      if (this.#underWay === 0 && this.#open === undefined) this.#begin();
      const head = this.#headOf(task.id);
      if (this.#fits(task, head)) this.#place(task, head);
      else if (this.#pending.has(task.id)) this.#later.push(copied(task));
      else this.#refuse(task);
    } catch (error) {
      this.#miss(task, error);
    }
  }

  /** What is known of the actor could not be read. */
  #miss(task: Task, error: unknown): void {
    if (task.isRenewed || !this.#database.isSpoilt(error)) return fail(task, error);
    copied(task).isRenewed = true;
    this.#database.renew().then(
      () => this.#take(task),
      (reason: unknown) => fail(task, reason),
    );
  }

  /** Nothing is under way: what others have stored is known before anything is decided. */
  #begin(): void {
    this.#heads.catchUp();
    this.#last = this.#heads.seen;
    this.#stamp = this.#heads.stamp;
    this.#written = this.#heads.written;
  }

  #headOf(id: string): Head | undefined {
    const head = this.#pending.get(id);
    if (head === undefined) return this.#heads.of(id);
    return head.last === 0 ? undefined : head;
  }

  #fits({ expected }: Task, head: Head | undefined): boolean {
    return expected === undefined ? head !== undefined : expected === (head?.last ?? 0);
  }

  #refuse(task: Task): void {
    this.#heads.catchUp();
    const head = this.#heads.of(task.id);
    // Then another process has written, and the group that this one joins will find that out.
    if (this.#fits(task, head)) this.#place(task, head);
    else if (task.expected === undefined) task.resolve(0);
    else task.reject(fenced(task.id, task.expected, head?.last ?? 0));
  }

  #place(task: Task, head: Head | undefined): void {
    const { id, record, terms } = task;
    const group = (this.#open ??= this.#group());
    const block = this.#blockFor(group, sizeOf(id, record?.length ?? 0));
    const slot = block.slots++;
    const position = this.#last * SLOTS + slot;
    task.position = position;
    task.head = record === undefined ? NONE : nextHead(head, position, record, terms?.kept ?? 0);
    block.used = writeEntry(block.bytes, block.used, slot, id, head?.last ?? 0, task.head, record);
    this.#pending.set(id, task.head);
    group.tasks.push(task);
    this.#schedule();
  }

  #group(): Group {
    const former = this.#stamp;
    this.#stamp = this.#nextStamp();
    return { after: this.#last, former, stamp: this.#stamp, blocks: [], tasks: [] };
  }

  #blockFor({ blocks }: Group, size: number): Block {
    const current = blocks.at(-1);
    if (current !== undefined && current.slots < SLOTS && current.used + size <= current.bytes.length)
      return current;
    const bytes =
      (size <= BLOCK ? this.#spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(size, BLOCK));
    const block: Block = { bytes, used: 0, slots: 0 };
    blocks.push(block);
    this.#last++;
    return block;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay >= GROUPS) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#store();
    });
  }

  #store(): void {
    const group = this.#open;
    if (group === undefined) return;
    this.#open = undefined;
    this.#underWay++;
    const { after, former, stamp, blocks } = group;
    for (const { used } of blocks) this.#written += used;
    const end = encodeTail({ last: after + blocks.length, written: this.#written });
    const { meta, log } = this.#database;
    const write = (): void => {
      for (const [i, { bytes, used }] of blocks.entries())
        part(log.put(after + 1 + i, bytes.subarray(0, used)));
      part(meta.put(TAIL, end, stamp));
    };
    try {
      meta.ifVersion(TAIL, former, write).then(
        (isStored) => this.#settle(group, isStored),
        (error: unknown) => this.#settle(group, false, error),
      );
    } catch (error) {
      this.#settle(group, false, error);
    }
  }

  #settle(group: Group, isStored: boolean, error?: unknown): void {
    this.#underWay--;
    if (isStored) this.#succeed(group);
    else {
      this.#isFailed = true;
      if (error === undefined) this.#again.push(...group.tasks.map((task) => copiedFrom(group, task)));
      else for (const task of group.tasks) fail(task, error);
    }
    if (this.#isFailed && this.#underWay === 0) this.#recover();
    else if (this.#open !== undefined && !this.#isFailed) this.#schedule();
  }

  #succeed({ after, stamp, blocks, tasks }: Group): void {
    let bytes = 0;
    for (const { used } of blocks) bytes += used;
    this.#heads.advance(
      after + blocks.length,
      stamp,
      tasks.map(({ id, head }) => [id, head] as const),
      bytes,
    );
    for (const { id, head } of tasks) if (this.#pending.get(id) === head) this.#pending.delete(id);
    answer(tasks);
    for (const block of blocks)
      if (block.bytes.length === BLOCK && this.#spare.length < SPARE) this.#spare.push(block.bytes);
    this.#stored();
    if (this.#later.length > 0 && !this.#isFailed) this.#retake([]);
  }

  #recover(): void {
    const open = this.#open;
    const tasks = [...this.#again, ...(open?.tasks.map((task) => copiedFrom(open, task)) ?? [])];
    this.#isFailed = false;
    this.#again = [];
    this.#open = undefined;
    this.#pending.clear();
    this.#retake(tasks);
  }

  #retake(first: readonly Task[]): void {
    const tasks = [...first, ...this.#later];
    this.#later = [];
    for (const task of tasks) this.#take(task);
  }
}

/**
 * All are answered, but of many only the half at once: what follows from the answers takes this process some time, and from half of it the
 * next group can be written meanwhile.
 */
function answer(tasks: readonly Task[]): void {
  const half = tasks.length < HALVED ? tasks.length : tasks.length >> 1;
  for (const { resolve, position } of tasks.slice(0, half)) resolve(position);
  if (half === tasks.length) return;
  afterTurns(TURNS, () => {
    for (const { resolve, position } of tasks.slice(half)) resolve(position);
  });
}

function afterTurns(turns: number, then: () => void): void {
  setImmediate(() => (turns === 1 ? then() : afterTurns(turns - 1, then)));
}

function fail({ terms, id, reject }: Task, error: unknown): void {
  if (terms === undefined || isTroupeError(error)) reject(error);
  else void terms.explain(error, id).then(reject);
}

/** The caller may change its bytes once the call has returned. */
function copied(task: Task): Task {
  if (task.record !== undefined) task.record = Uint8Array.from(task.record);
  return task;
}

/** With the bytes that were to be stored. */
function copiedFrom({ after, blocks }: Group, task: Task): Task {
  const block = blocks[Math.floor(task.position / SLOTS) - after - 1];
  if (task.record === undefined || block === undefined) return task;
  const placed = findEntry(block.bytes.subarray(0, block.used), task.position);
  if (placed !== undefined) task.record = Uint8Array.from(block.bytes.subarray(placed.from, placed.to));
  return task;
}
