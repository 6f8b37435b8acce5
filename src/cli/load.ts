import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import type { AnyStateMachine } from 'xstate';
import { TroupeError } from '../errors.ts';
import { isMachine } from '../inspector/draw/machine.ts';
import { whileLoading } from './loading.ts';

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

export interface MachineChoice {
  /** The export to take, `default` for the default export. Not given: the only machine the module exports. */
  readonly export?: string | undefined;
}

export const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ');

/** The line in which esbuild, which compiles the module, says where it stopped; columns count from 0. */
const BUILD_ERROR = /^(.+):(\d+):(\d+): ERROR: (.+)$/m;

export const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return oneLine(String(cause));
  const [, file, line, column, text] = BUILD_ERROR.exec(cause.message) ?? [];
  if (text === undefined) return oneLine(`${cause.name}: ${cause.message}`);
  return `syntax error at ${file}:${line}:${Number(column) + 1}: ${text}`;
};

const checkFile = async (file: string): Promise<void> => {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined)
    throw new TroupeError('NO_SUCH_FILE', `There is no file "${file}". Check the path.`);
  if (!found.isFile() || !extensions.includes(extname(file))) {
    const what = found.isFile() ? 'is not a module' : 'is not a file';
    throw new TroupeError(
      'NOT_A_MODULE',
      `"${file}" ${what}. Name a file that ends in ${extensions.join(', ')}.`,
    );
  }
};

/** What a module exports; a CommonJS module that was compiled from ESM keeps its exports one level down. */
const exportsOf = (module: Record<string, unknown>): Record<string, unknown> => {
  const { default: inner } = module;
  const nested = typeof inner === 'object' && inner !== null && '__esModule' in inner;
  return nested ? { ...module, ...(inner as Record<string, unknown>) } : module;
};

/**
 * The exports of a user's module, TypeScript or JavaScript, ESM or CommonJS, without a build step. Its imports
 * resolve from its own place, so it may bring its own copies of xstate and troupe.
 *
 * @throws TroupeError `NO_SUCH_FILE`, `NOT_A_MODULE`, or `MODULE_FAILED` when it does not compile, throws
 * while it loads (the original error is the cause), or never ends loading.
 */
export const loadModule = (file: string): Promise<Record<string, unknown>> =>
  whileLoading(file, () => importModule(file));

/**
 * As {@link loadModule}, for a process that does nothing else: the module may print, take its time, and end the process.
 * @param onImport is told the URL of every module that is loaded
 */
export async function importModule(
  file: string,
  onImport?: (url: string) => void,
): Promise<Record<string, unknown>> {
  await checkFile(file);
  try {
    const module: unknown = await tsImport(pathToFileURL(resolve(file)).href, {
      parentURL: import.meta.url,
      ...(onImport === undefined ? {} : { onImport }),
    });
    return exportsOf(module as Record<string, unknown>);
  } catch (cause) {
    throw new TroupeError('MODULE_FAILED', `"${file}" could not be loaded: ${reasonOf(cause)}`, { cause });
  }
}

export const describe = (value: unknown): string => {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return `the value ${String(value)}`;
  return 'transition' in value ? 'actor logic without a statechart' : 'an object';
};

export const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

const chosen = (file: string, exports: Record<string, unknown>, name: string): AnyStateMachine => {
  if (!Object.hasOwn(exports, name)) {
    const names = Object.keys(exports);
    const has = names.length === 0 ? 'It exports nothing.' : `It exports ${quoted(names)}.`;
    throw new TroupeError('NO_SUCH_EXPORT', `"${file}" has no export "${name}". ${has}`);
  }
  const value = exports[name];
  if (isMachine(value)) return value;
  throw new TroupeError(
    'NO_MACHINE',
    `Export "${name}" of "${file}" is ${describe(value)}, not a machine. Export what createMachine returns.`,
  );
};

const only = (file: string, exports: Record<string, unknown>): AnyStateMachine => {
  const machines = Object.entries(exports).filter(([, value]) => isMachine(value));
  const distinct = new Set(machines.map(([, value]) => value as AnyStateMachine));
  const [machine] = distinct;
  if (machine === undefined) {
    const found = Object.entries(exports).map(([name, value]) => `"${name}" is ${describe(value)}`);
    const has = found.length === 0 ? 'it exports nothing' : found.join(', ');
    throw new TroupeError(
      'NO_MACHINE',
      `"${file}" exports no machine: ${has}. Export what createMachine returns.`,
    );
  }
  if (distinct.size === 1) return machine;
  const names = quoted(machines.map(([name]) => name));
  throw new TroupeError(
    'AMBIGUOUS_EXPORT',
    `"${file}" exports several machines: ${names}. Choose with --export NAME.`,
  );
};

/**
 * The machine that a user's module exports.
 *
 * @throws TroupeError as {@link loadModule}; `NO_SUCH_EXPORT` or `NO_MACHINE` when there is nothing to take,
 * `AMBIGUOUS_EXPORT` when there are several machines and none was chosen.
 */
export async function loadMachine(file: string, choice: MachineChoice = {}): Promise<AnyStateMachine> {
  const exports = await loadModule(file);
  return choice.export === undefined ? only(file, exports) : chosen(file, exports, choice.export);
}
