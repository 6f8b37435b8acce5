/** Handle of a pending timer; opaque. */
export type TimerHandle = unknown;

/**
 * Time as an argument: the wall clock and the event loop. `setTimeout` and `clearTimeout` have the shape of
 * XState's `clock` option, so the same clock drives `after` transitions.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** @param background the timer does not keep the process alive */
  setTimeout(fn: () => void, ms: number, background?: boolean): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
  /** Run after the messages that have already arrived were read. */
  setImmediate(fn: () => void): void;
  /** Run when the current callback of the event loop is over, and all promises that it settled are through: the end of the tick. */
  endOfTick(fn: () => void): void;
}

/** Randomness as an argument: a number in [0, 1). */
export type Random = () => number;

/** Logging as an argument. `fields` is plain data; credentials are never in it. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fn, ms, background) => {
    const timer = setTimeout(fn, ms);
    return background === true ? timer.unref() : timer;
  },
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
  setImmediate: (fn) => void setImmediate(fn),
  // The microtask queue is drained whole before Node looks at nextTick again.
  endOfTick: (fn) => queueMicrotask(() => process.nextTick(fn)),
};

/** How long something takes: ms with a fraction, from some beginning. */
export type Stopwatch = () => number;

export const systemStopwatch: Stopwatch = () => performance.now();

export const systemRandom: Random = () => Math.random();

/** The default logger: warnings and errors on stderr, one line each, nothing else. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, fields) => console.warn(line('warn', message, fields)),
  error: (message, fields) => console.error(line('error', message, fields)),
};

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const line = (level: string, message: string, fields?: Readonly<Record<string, unknown>>): string =>
  `troupe ${level}: ${message}${fields === undefined ? '' : ` ${text(fields)}`}`;

const text = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}=${value instanceof Error ? value.message : String(value)}`)
    .join(' ');
