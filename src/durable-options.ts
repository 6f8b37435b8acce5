import type { Logic } from './actor/logic.ts';
import type { Identity } from './durable/cell/log.ts';
import { checkKnown, TroupeError } from './errors.ts';
import { isPure } from './kernel/state.ts';
import { checkId } from './message/address.ts';
import type { DurableOptions } from './options.ts';

/** What `durable` and `host` say of a logic, checked. */
export interface Durability extends Pick<Identity, 'machine' | 'version' | 'migrate'> {
  readonly logic: Logic;
}

/**
 * @param what is made, in English, for errors
 * @throws TroupeError INVALID_OPTION
 */
export function checkDurability(logic: Logic, options: unknown, what: string): Durability {
  if (typeof options !== 'object' || options === null)
    throw invalid(`\`durable\` is true, false or { version, migrate }, got ${shown(options)}.`);
  checkKnown(options, ['version', 'migrate'], what);
  const { version, migrate } = options as { readonly version?: unknown; readonly migrate?: unknown };
  if (version !== undefined && (typeof version !== 'string' || version === ''))
    throw invalid(`\`version\` is a text that names a version of the machine, got ${shown(version)}.`);
  if (migrate !== undefined && typeof migrate !== 'function')
    throw invalid(`\`migrate\` is a function of what is stored, got ${shown(migrate)}.`);
  if (!isPure(logic))
    throw invalid(
      'A promise, callback or observable cannot be a durable actor: it has no state to go on from. Invoke it from a machine, which is.',
    );
  return {
    logic,
    ...identityOf(logic, version),
    migrate: migrate as DurableOptions['migrate'],
  };
}

/** @throws TroupeError INVALID_OPTION, INVALID_ADDRESS */
export function checkDurableSpawn(id: string | undefined, parent: unknown, subscribe: unknown): string {
  if (id === undefined) throw invalid('A durable actor needs an `id`: it is found in the store by it.');
  if (parent !== undefined)
    throw invalid('A durable actor has no `parent`: its own chart spawns its children.');
  if (subscribe !== undefined)
    throw invalid('A durable actor cannot `subscribe` to the bus: a queue keeps events for it.');
  return checkId(id);
}

const MAX_IDLE = 2 ** 31 - 1;

/** @throws TroupeError INVALID_OPTION */
export function checkHosting({ idle, input }: { readonly idle: unknown; readonly input: unknown }): void {
  if (!Number.isInteger(idle) || (idle as number) < 1 || (idle as number) > MAX_IDLE)
    throw invalid(`\`idle\` is a time in ms, 1 to ${MAX_IDLE}, got ${shown(idle)}.`);
  if (input !== undefined && typeof input !== 'function')
    throw invalid(`\`input\` of virtual actors is a function of their key, got ${shown(input)}.`);
}

/** @throws TroupeError INVALID_ADDRESS */
export function checkKind(kind: string): string {
  if (!checkId(kind).includes('/')) return kind;
  throw new TroupeError(
    'INVALID_ADDRESS',
    `"${kind}" is not a kind of virtual actors: it must be one segment, without "/".`,
  );
}

/** @throws TroupeError INVALID_ADDRESS */
export function checkKey(key: string): string {
  if (!checkId(key).includes('/')) return key;
  throw new TroupeError(
    'INVALID_ADDRESS',
    `"${key}" is not a key of a virtual actor: it must be one segment, without "/" (what follows a "/" names an actor within it).`,
  );
}

/** What a durable actor's logic is known by where it is stored. */
function identityOf(
  logic: Logic,
  version: string | undefined,
): { readonly machine: string; readonly version: string } {
  const { id, version: own } = logic as { readonly id?: unknown; readonly version?: unknown };
  return {
    machine: typeof id === 'string' ? id : 'logic',
    version: version ?? (typeof own === 'string' ? own : '0'),
  };
}

const invalid = (why: string): TroupeError => new TroupeError('INVALID_OPTION', why);

const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));
