import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { TroupeError } from '../errors.ts';
import type { Entry } from '../monitoring/entry.ts';
import { encodeLine } from '../monitoring/recording.ts';
import { toWire } from './server/wire.ts';
import type { Source } from './source/source.ts';

export interface RecordOptions {
  /** Most bytes of the file; then the recording ends. */
  readonly limit: number;
  /** Lines a second at most; of more, whole conversations are left out. */
  readonly rate: number;
  readonly system: string;
}

/** What a file holds. */
export interface Recorded {
  readonly entries: number;
  readonly bytes: number;
  /** Entries that were left out: they came faster than they could be told or written. */
  readonly dropped: number;
  /** Did the recording end before it was closed, and why? */
  readonly stopped?: string;
}

export interface SessionRecording {
  soFar(): Recorded;
  close(): Promise<Recorded>;
}

/**
 * Write down all that a source tells from now on, as a recording that an inspector opens.
 * @throws TroupeError CANNOT_WRITE
 */
export async function record(
  source: Source,
  file: string,
  options: RecordOptions,
): Promise<SessionRecording> {
  const stream = createWriteStream(file);
  try {
    await once(stream, 'open');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TroupeError('CANNOT_WRITE', `"${file}" could not be written: ${reason}`, { cause });
  }
  return new Session(source, stream, options);
}

class Session implements SessionRecording {
  readonly #stream: WriteStream;
  readonly #limit: number;
  readonly #watching: { close(): void };
  #entries = 0;
  #bytes = 0;
  #dropped = 0;
  #stopped: string | undefined;

  constructor(source: Source, stream: WriteStream, { limit, rate, system }: RecordOptions) {
    this.#stream = stream;
    this.#limit = limit;
    stream.on('error', (error) => (this.#stopped ??= error.message));
    this.#write(encodeLine({ kind: 'recording', v: 1, source: 'live', system }));
    this.#watching = source.watch({ interest: { rate }, emit: (entries) => this.#take(entries) });
  }

  soFar(): Recorded {
    return {
      entries: this.#entries,
      bytes: this.#bytes,
      dropped: this.#dropped,
      ...(this.#stopped === undefined ? {} : { stopped: this.#stopped }),
    };
  }

  async close(): Promise<Recorded> {
    this.#watching.close();
    await new Promise<void>((resolve) => {
      if (this.#stream.destroyed) resolve();
      else {
        this.#stream.once('error', () => resolve());
        this.#stream.end(() => resolve());
      }
    });
    return this.soFar();
  }

  #take(entries: readonly Entry[]): boolean {
    if (this.#stopped !== undefined || this.#stream.writableNeedDrain) return false;
    for (const entry of entries) {
      if (this.#bytes > this.#limit) this.#stopped ??= `it has reached ${this.#limit} bytes`;
      if (this.#stopped !== undefined) return false;
      if (entry.kind === 'dropped') this.#dropped += entry.lines;
      this.#write(`${toWire(entry)}\n`);
      this.#entries += 1;
    }
    return true;
  }

  #write(line: string): void {
    this.#bytes += Buffer.byteLength(line);
    this.#stream.write(line);
  }
}
