import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { TroupeError } from '../../errors.ts';
import type { Tape } from './dice.ts';
import { checkOptions, planOf, type Plan } from './options.ts';

/** What one run needs to happen again, but for the system. */
export interface Handle {
  /** Name of the system. */
  readonly system: string;
  readonly plan: Plan;
  readonly tape: Tape;
}

/** Bytes of a token when it is unpacked. A longer one is none of ours. */
const MAX_BYTES = 16 * 1024 * 1024;
const VERSION = 1;
const ENDLESS = 'Infinity';

const write = (_key: string, value: unknown): unknown => (value === Infinity ? ENDLESS : value);
const read = (_key: string, value: unknown): unknown => (value === ENDLESS ? Infinity : value);

/** A handle as one word of letters, digits, `-` and `_`. */
export const encodeToken = (handle: Handle): string => {
  // Where a tape decides, chances and mixes are of no account.
  const plan = { ...handle.plan, rates: undefined, swarm: undefined };
  const text = JSON.stringify([VERSION, handle.system, plan, handle.tape], write);
  return deflateRawSync(text, { level: 9 }).toString('base64url');
};

/** @throws TroupeError INVALID_TOKEN when it is not a token `simulate` wrote for this system */
export function decodeToken(token: string, system: string): Handle {
  const [version, name, plan, tape] = unpack(token);
  if (version !== VERSION || !isRecord(plan) || !isTape(tape)) throw invalid('it is not one of this version');
  if (name !== system) throw invalid(`it is of the system ${JSON.stringify(name)}, not of "${system}"`);
  return { system, plan: checked(plan as unknown as Plan), tape };
}

function checked(plan: Plan): Plan {
  const options = { ...plan, check: plan.check === Infinity ? ('end' as const) : plan.check };
  try {
    checkOptions(options);
  } catch (cause) {
    throw invalid('what it says of the run is not possible', cause);
  }
  return planOf({}, options);
}

function unpack(token: string): readonly unknown[] {
  let text: string;
  try {
    if (!/^[\w-]+$/.test(token)) throw new Error('it has other characters than letters, digits, "-" and "_"');
    text = inflateRawSync(Buffer.from(token, 'base64url'), { maxOutputLength: MAX_BYTES }).toString();
    const parts: unknown = JSON.parse(text, read);
    return Array.isArray(parts) ? parts : [];
  } catch (cause) {
    throw invalid('it is cut off or changed', cause);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTape = (value: unknown): value is Tape =>
  isRecord(value) &&
  Object.values(value).every(
    (lane) =>
      Array.isArray(lane) && lane.every((each) => Number.isSafeInteger(each) && (each as number) >= 0),
  );

const invalid = (why: string, cause?: unknown): TroupeError =>
  new TroupeError(
    'INVALID_TOKEN',
    `The replay token cannot be used: ${why}. Copy the whole token of a report.`,
    cause === undefined ? {} : { cause },
  );
