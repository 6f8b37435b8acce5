import type { ServerResponse } from 'node:http';
import type { Clock, TimerHandle } from '../../ports.ts';
import type { DroppedEntry, Entry } from '../../monitoring/entry.ts';
import type { About, Interest, PageEvent, Reach } from '../protocol.ts';
import type { Watcher, Watching } from '../source/source.ts';
import { bounds } from './bounds.ts';
import { toWire } from './wire.ts';

export interface StreamOptions {
  readonly id: string;
  readonly interest: Interest;
  readonly clock: Clock;
  readonly about: () => About;
}

/**
 * Job: one page that is told what happens, as server-sent events.
 *
 * W1 A page that does not read, or does not say that it has worked off what it got, costs `bounds.waiting` bytes and no more: `emit` then returns
 *    false, and what was emitted was not taken.
 * W2 What was taken arrives in order and once.
 */
export class Stream implements Watcher {
  readonly id: string;
  interest: Interest;
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #about: () => About;
  #watching: Watching | undefined;
  #waiting: string[] = [];
  #bytes = 0;
  #credit: number = bounds.credit;
  #flushing: TimerHandle;
  #heartbeat: TimerHandle;
  #isBlocked = false;
  #isOver = false;
  #hasEnded = false;

  constructor(response: ServerResponse, { id, interest, clock, about }: StreamOptions) {
    this.#response = response;
    this.id = id;
    this.interest = interest;
    this.#clock = clock;
    this.#about = about;
    response.on('drain', () => {
      this.#isBlocked = false;
      this.#flush();
    });
  }

  begin(): void {
    this.#write({ type: 'begin', watching: this.id, about: this.#about() });
    this.#beat();
  }

  /** The source may tell at once, before it returns. */
  attach(watching: Watching): void {
    if (this.#hasEnded) watching.close();
    else this.#watching = watching;
  }

  /** @returns when it is in force */
  async refocus(interest: Interest): Promise<void> {
    this.interest = interest;
    this.#watching?.refocus(interest);
    await this.#watching?.inForce?.();
  }

  emit(entries: readonly Entry[]): boolean {
    if (this.#hasEnded || this.#bytes > bounds.waiting) return false;
    for (const entry of entries) {
      const text = bounded(entry);
      this.#waiting.push(text);
      this.#bytes += text.length;
    }
    this.#schedule();
    return true;
  }

  reached(reach: Reach): void {
    if (!this.#hasEnded) this.#write({ type: 'reach', reach });
  }

  changed(): void {
    if (!this.#hasEnded) this.#write({ type: 'changed', about: this.#about() });
  }

  ended(): void {
    this.#isOver = true;
    this.#schedule();
  }

  /** The page has worked off so many events with entries. */
  taken(events: number): void {
    this.#credit = Math.min(bounds.credit, this.#credit + events);
    this.#flush();
  }

  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#clock.clearTimeout(this.#flushing);
    this.#clock.clearTimeout(this.#heartbeat);
    this.#waiting = [];
    this.#watching?.close();
    this.#response.end();
  }

  #schedule(): void {
    this.#flushing ??= this.#clock.setTimeout(
      () => {
        this.#flushing = undefined;
        this.#flush();
      },
      bounds.gather,
      true,
    );
  }

  #flush(): void {
    while (!this.#hasEnded && this.#waiting.length > 0 && this.#credit > 0 && !this.#isBlocked) {
      const batch = this.#waiting.splice(0, bounds.batch);
      for (const text of batch) this.#bytes -= text.length;
      this.#credit -= 1;
      this.#send(`{"type":"entries","entries":[${batch.join(',')}]}`);
    }
    if (!this.#isOver || this.#waiting.length > 0 || this.#hasEnded) return;
    this.#isOver = false;
    this.#write({ type: 'end' });
  }

  #write(event: PageEvent): void {
    this.#send(toWire(event));
  }

  #send(json: string): void {
    if (!this.#response.write(`data: ${json}\n\n`)) this.#isBlocked = true;
  }

  #beat(): void {
    this.#heartbeat = this.#clock.setTimeout(
      () => {
        if (!this.#isBlocked) this.#response.write(': still here\n\n');
        this.#beat();
      },
      bounds.heartbeat,
      true,
    );
  }
}

function bounded(entry: Entry): string {
  const text = toWire(entry);
  if (text.length <= bounds.entry) return text;
  const { node = '', time = 0 } = entry as { node?: string; time?: number };
  const dropped: DroppedEntry = { kind: 'dropped', node, lines: 1, sampling: 1, time };
  return toWire(dropped);
}
