import { effect, signal } from '../../signal.ts';
import type { TakenTransition } from '../../../../monitoring/entry.ts';
import type { RecordedSnapshot } from '../../../../monitoring/recording.ts';
import type { ActorDetail, Moment, TimerRow } from '../../../protocol.ts';
import { RefusedError } from '../../client.ts';
import type { Session } from '../../session.ts';
import { ActorHistory } from './history.ts';
import { follow } from '../../parts/follow.ts';
import { messageOf } from '../../parts/words.ts';

const SOON = 100;
const REFRESH = 2_000;

/** What is shown of an actor: as it is now, or at a moment of its history. */
export interface Sight {
  readonly snapshot: RecordedSnapshot;
  /** The moment before. */
  readonly before?: RecordedSnapshot | undefined;
  readonly taken: readonly TakenTransition[];
  readonly timers: readonly TimerRow[];
  /** Absent: now. */
  readonly moment?: Moment;
}

/** One actor that is looked at: its detail and history, read again when something happens to it. */
export class Subject {
  readonly address: string;
  readonly detail = signal<ActorDetail | undefined>(undefined);
  readonly error = signal<string | undefined>(undefined);
  readonly history: ActorHistory;
  readonly #session: Session;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReading = false;
  #seen = 0;

  constructor(session: Session, address: string) {
    this.#session = session;
    this.address = address;
    this.history = new ActorHistory(session.client, session.journal, address);
  }

  start(): () => void {
    void this.#read();
    const stop = effect(() => {
      follow(this.#session.version);
      if (this.#lines() !== this.#seen) this.#readSoon();
    });
    const timer = setInterval(() => {
      if (!document.hidden && this.#session.about.peek().source === 'live') void this.#read();
    }, REFRESH);
    return () => {
      stop();
      clearInterval(timer);
      clearTimeout(this.#timer);
    };
  }

  /** What to show for this moment; undefined: now. */
  sight(number: number | undefined): Sight | undefined {
    follow(this.history.version);
    if (number !== undefined) return this.#past(number);
    const { journal } = this.#session;
    const lines = journal.byActor(this.address);
    const snapshots = lines.slice(-20).flatMap((line) => line.snapshots[this.address] ?? []);
    const detail = this.detail.value;
    const snapshot =
      (this.#lines() === this.#seen ? detail?.snapshot : undefined) ??
      journal.actors.get(this.address)?.snapshot ??
      detail?.snapshot;
    if (snapshot === undefined) return undefined;
    const { last } = this.history;
    return {
      snapshot,
      before:
        snapshots.at(-2) ?? (last === undefined ? undefined : this.history.before(last.number)?.snapshot),
      taken:
        lines.findLast(({ taken }) => taken !== undefined)?.taken ??
        (last === undefined ? [] : (this.history.takenIn(last) ?? [])),
      timers: detail?.timers ?? [],
    };
  }

  #past(number: number): Sight | undefined {
    const moment = this.history.at(number);
    if (moment === undefined) return undefined;
    return {
      snapshot: moment.snapshot,
      before: this.history.before(moment.number)?.snapshot,
      taken: this.history.takenIn(moment) ?? [],
      timers: moment.timers,
      moment,
    };
  }

  #lines(): number {
    const lines = this.#session.journal.byActor(this.address);
    return (lines.at(-1)?.step ?? 0) + lines.length;
  }

  #readSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#read();
    }, SOON);
  }

  async #read(): Promise<void> {
    if (this.#isReading) return this.#readSoon();
    this.#isReading = true;
    const seen = this.#lines();
    try {
      const [detail] = await Promise.all([this.#session.client.actor(this.address), this.history.refresh()]);
      this.#seen = seen;
      this.detail.value = detail;
      this.error.value = undefined;
    } catch (error) {
      this.#seen = seen;
      // While the connection is lost, the last that was known stays.
      if (error instanceof RefusedError && error.status === 0) return;
      this.error.value = messageOf(error);
    } finally {
      this.#isReading = false;
    }
  }
}
