import { isTroupeError, TroupeError } from '../errors.ts';
import { defineSystem, type System } from '../testing/model/spec.ts';
import { describe, loadModule, quoted, reasonOf } from './load.ts';

/** What `--param k=v` gives: a number, a truth value or a text. */
export type Param = number | boolean | string;
export type Params = Readonly<Record<string, Param>>;

export interface SystemChoice {
  /** The export to take. Not given: `system`, else the default export, else the only system the module exports. */
  readonly export?: string | undefined;
  readonly params?: Params;
}

export interface LoadedSystem {
  readonly system: System;
  /** Name of the export it came from. */
  readonly export: string;
}

type Maker = (params: Params) => unknown;

/** Decided by shape: the user's module has its own copy of Troupe. */
const isSystem = (value: unknown): value is System => {
  if (typeof value !== 'object' || value === null) return false;
  const { name, actors, properties } = value as Partial<Record<keyof System, unknown>>;
  return (
    typeof name === 'string' && typeof actors === 'object' && actors !== null && Array.isArray(properties)
  );
};

/**
 * The system that a user's module exports, as a value or as a function of its parameters.
 * @throws TroupeError as `loadModule`; NO_SUCH_EXPORT, NO_SYSTEM, AMBIGUOUS_EXPORT, or SYSTEM_FAILED when the function throws;
 * NO_SUCH_PARAM for a parameter that the function did not look at; INVALID_OPTION as `defineSystem`; NEVER_SETTLES
 */
export async function loadSystem(file: string, choice: SystemChoice = {}): Promise<LoadedSystem> {
  // What the user's module logs, at any time, is no part of what a command prints.
  globalThis.console = new console.Console(process.stderr);
  const exports = unpacked(await settled(`"${file}" never finishes loading`, loadModule(file)));
  const name = choice.export ?? only(file, exports);
  if (!Object.hasOwn(exports, name)) {
    const names = Object.keys(exports);
    const has = names.length === 0 ? 'It exports nothing.' : `It exports ${quoted(names)}.`;
    throw new TroupeError('NO_SUCH_EXPORT', `"${file}" has no export "${name}". ${has}`);
  }
  const system = await made(file, name, exports[name], choice.params ?? {});
  return { system, export: name };
}

/** Node does not see all names of a CommonJS module: then it is one value, as which it exports an object. */
function unpacked(exports: Record<string, unknown>): Readonly<Record<string, unknown>> {
  const { default: whole, ...named } = exports;
  const isWhole = Object.keys(named).every((name) => name === 'module.exports');
  if (!isWhole || typeof whole !== 'object' || whole === null || isSystem(whole)) return exports;
  return { ...exports, ...whole };
}

/**
 * A promise that nothing keeps alive would end the process without a word.
 * @throws TroupeError NEVER_SETTLES
 */
async function settled<T>(what: string, promise: Promise<T>): Promise<T> {
  let abandon = (): void => undefined;
  const abandoned = new Promise<never>((_resolve, reject) => {
    abandon = () => reject(new TroupeError('NEVER_SETTLES', `${what}: it awaits what never happens.`));
  });
  process.once('beforeExit', abandon);
  try {
    return await Promise.race([promise, abandoned]);
  } finally {
    process.off('beforeExit', abandon);
  }
}

function only(file: string, exports: Readonly<Record<string, unknown>>): string {
  const isOffer = (value: unknown): boolean => typeof value === 'function' || isSystem(value);
  for (const name of ['system', 'default']) if (isOffer(exports[name])) return name;
  const systems = Object.keys(exports).filter((name) => isSystem(exports[name]));
  if (systems.length === 1) return systems[0] as string;
  if (systems.length > 1)
    throw new TroupeError(
      'AMBIGUOUS_EXPORT',
      `"${file}" exports several systems: ${quoted(systems)}. Choose with --export NAME.`,
    );
  const found = Object.entries(exports).map(([name, value]) => `"${name}" is ${describe(value)}`);
  const has = found.length === 0 ? 'it exports nothing' : found.join(', ');
  throw new TroupeError(
    'NO_SYSTEM',
    `"${file}" exports no system: ${has}. Export a function "system" that returns what defineSystem returns, or choose with --export NAME.`,
  );
}

async function made(file: string, name: string, value: unknown, params: Params): Promise<System> {
  const read = new Set<string>();
  const where = `Export "${name}" of "${file}"`;
  const system =
    typeof value === 'function'
      ? await settled(`${where} never returns`, call(where, value as Maker, watched(params, read)))
      : value;
  for (const param of Object.keys(params)) {
    if (read.has(param)) continue;
    const known = read.size === 0 ? 'It takes none.' : `It takes ${quoted([...read])}.`;
    throw new TroupeError('NO_SUCH_PARAM', `${where} has no parameter "${param}". ${known}`);
  }
  if (isSystem(system)) return checked(where, system);
  const what = typeof value === 'function' ? `returned ${describe(system)}` : `is ${describe(system)}`;
  throw new TroupeError('NO_SYSTEM', `${where} ${what}, not a system. Return what defineSystem returns.`);
}

function checked(where: string, system: System): System {
  try {
    return defineSystem(system);
  } catch (cause) {
    if (!isTroupeError(cause)) throw cause;
    throw new TroupeError(cause.code, `${where}: ${cause.message}`, { cause });
  }
}

async function call(where: string, make: Maker, params: Params): Promise<unknown> {
  try {
    return await make(params);
  } catch (cause) {
    throw new TroupeError('SYSTEM_FAILED', `${where} threw: ${reasonOf(cause)}`, { cause });
  }
}

/** The parameters, with a note of which are looked at; a function that looks at all at once knows them all. */
const watched = (params: Params, read: Set<string>): Params =>
  new Proxy(
    { ...params },
    {
      get: (target, key) => {
        if (typeof key === 'string') read.add(key);
        return Reflect.get(target, key) as unknown;
      },
      has: (target, key) => {
        if (typeof key === 'string') read.add(key);
        return Reflect.has(target, key);
      },
      ownKeys: (target) => {
        for (const key of Object.keys(target)) read.add(key);
        return Reflect.ownKeys(target);
      },
    },
  );
