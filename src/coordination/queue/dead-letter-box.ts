import type { Queues, StoredLetter } from '../../durable/queue-store.ts';
import { isTroupeError, TroupeError } from '../../errors.ts';
import { decodeLetter, type DeadMessage } from './letter.ts';
import { encodeBody } from './message.ts';
import { hashOf } from './roster.ts';

/** A letter that cannot be read: it is listed all the same, and can be dropped. */
export interface Unreadable {
  readonly id: number;
  readonly queue: string;
  readonly unreadable: string;
}

export type Letter = DeadMessage | Unreadable;

/** The dead letters of one queue, or of all queues of a system. They stay until they are replayed or dropped. */
export class DeadLetterBox {
  readonly #queues: Queues;
  readonly #queue: string | undefined;

  constructor(queues: Queues, queue?: string) {
    this.#queues = queues;
    this.#queue = queue;
  }

  /** Oldest first. */
  async *list(): AsyncGenerator<Letter> {
    for await (const stored of this.#queues.dead.list(this.#queue)) yield letterOf(stored);
  }

  /** @throws TroupeError NO_SUCH_LETTER */
  async get(id: number): Promise<Letter> {
    return letterOf(await this.#stored(id));
  }

  /**
   * Put a message back into its queue, with its key and all its attempts before it, and remove the letter. Done twice, also by two who do
   * it at the same time or after a crash in between, it is put back once.
   * @throws TroupeError NO_SUCH_LETTER, CORRUPTED when it cannot be read, NO_SUCH_QUEUE
   */
  async replay(id: number): Promise<void> {
    const letter = decodeLetter(await this.#stored(id));
    const { event, queue: name, key } = letter;
    if (event === undefined) throw unreadable(id, letter.error.message);
    const queue = await this.#queues.find(name);
    if (queue === undefined) throw noSuchQueue(id, name);
    // The producer's own id is done with: under it the message would be taken for a repetition.
    const again = `~dead.${id}.${letter.died}`;
    const body = encodeBody(event, true);
    await queue.add({ partition: hashOf(key ?? again) % queue.partitions, key, id: again, body });
    await this.#queues.dead.remove(id);
  }

  /** Remove a letter for good. @throws TroupeError NO_SUCH_LETTER */
  async drop(id: number): Promise<void> {
    await this.#stored(id);
    await this.#queues.dead.remove(id);
  }

  async #stored(id: number): Promise<StoredLetter> {
    const stored = await this.#queues.dead.get(id);
    if (stored !== undefined && (this.#queue === undefined || stored.queue === this.#queue)) return stored;
    const where = this.#queue === undefined ? '' : ` of the queue "${this.#queue}"`;
    throw new TroupeError(
      'NO_SUCH_LETTER',
      `There is no dead letter ${id}${where}: list those that are there.`,
    );
  }
}

function letterOf(stored: StoredLetter): Letter {
  try {
    return decodeLetter(stored);
  } catch (error) {
    if (!isTroupeError(error)) throw error;
    return { id: stored.id, queue: stored.queue, unreadable: error.message };
  }
}

const unreadable = (id: number, why: string): TroupeError =>
  new TroupeError(
    'CORRUPTED',
    `Dead letter ${id} has no event to put back: ${why} Look at it, then drop it.`,
  );

const noSuchQueue = (id: number, queue: string): TroupeError =>
  new TroupeError(
    'NO_SUCH_QUEUE',
    `The queue "${queue}" of dead letter ${id} is gone: open it again, or drop the letter.`,
  );
