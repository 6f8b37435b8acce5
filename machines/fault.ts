/**
 * An error as data, in the shape of the wire error of Troupe: what of an error survives a snapshot and a
 * message. `Error` objects do not (they turn into `{}` as JSON), so a chart keeps faults in its context.
 */
export interface Fault {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly data?: unknown;
}

const text = (value: unknown, fallback: string): string =>
  typeof value === 'string' && value !== '' ? value : fallback;

/**
 * The fault in whatever an actor failed with. Only an own `retryable === true` makes it retryable: an error
 * nobody classified must not be repeated. A missing code becomes `FAILED`.
 */
export const toFault = (error: unknown): Fault => {
  if (typeof error !== 'object' || error === null) {
    return { name: 'Error', code: 'FAILED', message: String(error), retryable: false };
  }
  const given = error as { readonly [Key in keyof Fault]?: unknown };
  return {
    name: text(given.name, 'Error'),
    code: text(given.code, 'FAILED'),
    message: text(given.message, 'The actor failed with an error that carries no message.'),
    retryable: given.retryable === true,
    ...(given.data === undefined ? {} : { data: given.data }),
  };
};

/**
 * An error of the `TroupeError` family, recognised by its name: charts import nothing of `src`, so that they
 * stay drawable and portable on their own.
 */
export const failure = (code: string, message: string, data?: unknown): Error =>
  Object.assign(new Error(message), {
    name: 'TroupeError',
    code,
    retryable: false,
    ...(data === undefined ? {} : { data }),
  });
