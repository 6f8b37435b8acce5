import { invalidToken, packed, unpacked } from '../packed.ts';
import type { Tape } from './dice.ts';
import { checkOptions, planOf, type Plan } from './options.ts';

/** What one run needs to happen again, but for the system. */
export interface Handle {
  /** Name of the system. */
  readonly system: string;
  readonly plan: Plan;
  readonly tape: Tape;
}

const VERSION = 1;
const ENDLESS = 'Infinity';

const write = (_key: string, value: unknown): unknown => (value === Infinity ? ENDLESS : value);
const read = (_key: string, value: unknown): unknown => (value === ENDLESS ? Infinity : value);

/** A handle as one word of letters, digits, `-` and `_`. */
export const encodeToken = (handle: Handle): string => {
  // Where a tape decides, chances and mixes are of no account.
  const plan = { ...handle.plan, rates: undefined, swarm: undefined };
  const text = JSON.stringify([VERSION, handle.system, plan, handle.tape], write);
  return packed(text);
};

/** @throws TroupeError INVALID_TOKEN when it is not a token `simulate` wrote for this system */
export function decodeToken(token: string, system: string): Handle {
  const parts = unpacked(token, (text): unknown => JSON.parse(text, read));
  const [version, name, plan, tape] = Array.isArray(parts) ? (parts as readonly unknown[]) : [];
  if (version !== VERSION || !isRecord(plan) || !isTape(tape))
    throw invalidToken('it is not one of this version');
  if (name !== system) throw invalidToken(`it is of the system ${JSON.stringify(name)}, not of "${system}"`);
  return { system, plan: checked(plan as unknown as Plan), tape };
}

function checked(plan: Plan): Plan {
  const options = { ...plan, check: plan.check === Infinity ? ('end' as const) : plan.check };
  try {
    checkOptions(options);
  } catch (cause) {
    throw invalidToken('what it says of the run is not possible', cause);
  }
  return planOf({}, options);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTape = (value: unknown): value is Tape =>
  isRecord(value) &&
  Object.values(value).every(
    (lane) =>
      Array.isArray(lane) && lane.every((each) => Number.isSafeInteger(each) && (each as number) >= 0),
  );
