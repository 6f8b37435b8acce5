import type { Msg } from 'nats';
import { isTroupeError, TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { ackReader, type Ack } from './ack.ts';
import { API, fenced, full, isFull, isTransient, tooLarge, unavailable, unexpected } from './errors.ts';
import type { ApiError } from './errors.ts';
import type { Call, Failure, Headers, Line } from './line.ts';
import { pause } from './requests.ts';
import type { Entry, Journal, Position } from '../store.ts';

/**
 * Job: append records so that J1 and J3 hold. The server compares the expected position with the last one of the subject and appends,
 * in one step (`Nats-Expected-Last-Subject-Sequence`); the rest is about answers that do not come.
 *
 * 1. A first attempt that is refused for its position is FENCED: it was the only one, and it was not stored.
 * 2. After a doubtful attempt (no answer, connection lost) nothing is concluded from a refusal: it may be our own record that is in
 *    the way. What is stored next after `expected` is read from the stream's leader and compared, byte for byte; every record has an id.
 * 3. Sending again is safe at any time: of all attempts with one expected position, one can win.
 */
export interface AppendOptions {
  readonly line: Line;
  readonly clock: Clock;
  readonly timeout: number;
  readonly stream: string;
  readonly limit: () => number;
  /** Told of what is not done with its first attempt. */
  readonly hold: (work: Promise<void>) => Promise<void>;
  readonly subject: (id: string) => string;
  /** The next record after a position, by the leader of the stream. */
  readonly next: (subject: string, after: Position, deadline: number) => Promise<Entry | undefined>;
}

type Outcome = Ack | Failure;

const PAUSE = 10;
const LONGEST_PAUSE = 250;

export function createAppend(options: AppendOptions): Journal['append'] {
  const { line, limit } = options;
  const positionOf = ackReader(options.stream);
  // Not async: one promise per append instead of two; this is the hot path.
  return (id, record, expected) =>
    new Promise<Position>((resolve, reject) => {
      if (record.length > limit()) throw tooLarge(id, record.length, limit());
      // The server takes what is no number for no condition at all.
      if (!Number.isSafeInteger(expected) || expected < 0) throw fenced(id, expected);
      line.send(new FirstAttempt(options, positionOf, id, record, expected, resolve, reject));
    });
}

/** One object, where closures would be five: there is one for each append. */
class FirstAttempt implements Call, Headers {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly deadline: number;
  readonly #options: AppendOptions;
  readonly #positionOf: (message: Msg) => Ack;
  readonly #id: string;
  readonly #expected: Position;
  readonly #resolve: (position: Position | Promise<Position>) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    options: AppendOptions,
    positionOf: (message: Msg) => Ack,
    id: string,
    record: Uint8Array,
    expected: Position,
    resolve: (position: Position | Promise<Position>) => void,
    reject: (error: unknown) => void,
  ) {
    this.#options = options;
    this.#positionOf = positionOf;
    this.#id = id;
    this.#expected = expected;
    this.#resolve = resolve;
    this.#reject = reject;
    this.subject = options.subject(id);
    // A copy, for the caller may go on with the bytes; from Buffer's pool, for memory of its own costs more than the bytes.
    this.payload = Buffer.from(record);
    this.deadline = options.clock.now() + options.timeout;
  }

  get headers(): Headers {
    return this;
  }

  encode(): Uint8Array {
    return expecting(this.#expected);
  }

  answered(message: Msg): boolean {
    const outcome = this.#positionOf(message);
    if (typeof outcome === 'number') this.#resolve(outcome);
    else this.failed(outcome);
    return true;
  }

  failed(outcome: Outcome): void {
    const attempted = { id: this.#id, expected: this.#expected, call: this, positionOf: this.#positionOf };
    void this.#options.hold(settle(this.#options, attempted, outcome).then(this.#resolve, this.#reject));
  }
}

interface Attempted {
  readonly id: string;
  readonly expected: Position;
  readonly call: Call;
  readonly positionOf: (message: Msg) => Ack;
}

/** What follows on a first attempt that was not simply stored. */
async function settle(options: AppendOptions, attempted: Attempted, first: Outcome): Promise<Position> {
  const { clock, line } = options;
  const { id, expected, call } = attempted;
  let outcome = first;
  let inDoubt = false;
  for (let wait = PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    if (typeof outcome === 'number') return outcome;
    inDoubt ||= isDoubtful(outcome);
    if (!inDoubt) throwIfFinal(options, attempted, outcome);
    else {
      const found = await readBack(options, attempted);
      if (found !== undefined) return found;
      // Not even a record that was in its way is there any more (purged): ours cannot be stored from now on.
      if (isRefusal(outcome) && lastOf(outcome) <= expected) throw fenced(id, expected);
    }
    if (clock.now() + wait >= call.deadline) throw undecided(id, inDoubt);
    await pause(clock, wait);
    outcome = await again(line, attempted);
  }
}

/**
 * The position of our record when it is stored; undefined when nothing is stored in its place.
 * @throws TroupeError FENCED when another one is
 */
async function readBack(
  { next }: AppendOptions,
  { id, expected, call }: Attempted,
): Promise<Position | undefined> {
  const found = await next(call.subject, expected, call.deadline).catch((error: unknown) => {
    throw isTroupeError(error) && error.code === 'STORE_UNAVAILABLE' ? undecided(id, true, error) : error;
  });
  if (found === undefined) return undefined;
  if (Buffer.compare(found.record, call.payload) !== 0) throw fenced(id, expected);
  return found.position;
}

/** The last position of the subject, as a refusal tells it. */
const lastOf = ({ err_code, description }: ApiError): Position =>
  err_code === API.wrongLastSequence ? Number(/(\d+)$/.exec(description)?.[1] ?? Infinity) : Infinity;

const again = async (line: Line, { call, expected, positionOf }: Attempted): Promise<Outcome> =>
  new Promise<Outcome>((resolve) =>
    line.send({
      subject: call.subject,
      payload: call.payload,
      headers: { encode: () => expecting(expected) },
      deadline: call.deadline,
      answered(message) {
        resolve(positionOf(message));
        return true;
      },
      failed: resolve,
    }),
  );

const isRefusal = (outcome: Outcome): outcome is ApiError =>
  typeof outcome === 'object' && !(outcome instanceof TroupeError);

const isDoubtful = (outcome: Outcome): boolean =>
  outcome === 'silent' ||
  outcome === 'disconnected' ||
  (isRefusal(outcome) && outcome.err_code === API.contended);

/** Ends the append when nothing will change by trying again, and nothing was stored. */
function throwIfFinal(
  { stream }: AppendOptions,
  { id, expected, call }: Attempted,
  outcome: Exclude<Outcome, Position>,
): void {
  if (outcome instanceof TroupeError) throw outcome;
  if (outcome === 'unsent') throw undecided(id, false);
  if (!isRefusal(outcome) || outcome.err_code === API.contended) return;
  if (outcome.err_code === API.wrongLastSequence) throw fenced(id, expected);
  if (isFull(outcome)) throw full(stream, outcome.description);
  if (!isTransient(outcome)) throw unexpected(call.subject, outcome);
}

const undecided = (id: string, inDoubt: boolean, cause?: unknown): TroupeError =>
  unavailable(
    inDoubt
      ? `whether a record of "${id}" was stored could not be found out in time; load the actor to see`
      : `a record of "${id}" could not be sent in time; it was not stored`,
    cause,
  );

const PREFIX = Buffer.from('NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: ');
const SUFFIX = '\r\n\r\n';
/** Longest number, and what is around it. */
export const HEADER_ROOM = PREFIX.length + 16 + SUFFIX.length;

function expecting(position: Position): Uint8Array {
  const number = `${position}${SUFFIX}`;
  const bytes = Buffer.allocUnsafe(PREFIX.length + number.length);
  bytes.set(PREFIX);
  bytes.write(number, PREFIX.length, 'latin1');
  return bytes;
}
