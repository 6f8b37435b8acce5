import type { Frozen } from '../kernel/freeze.ts';
import type { Cause, Commit, DurableState } from './commit.ts';

/**
 * Job: the form in which a commit is stored. `[id, number, at, machine, version, causes, state or patch]`; within, what is as it nearly
 * always is is left out: empty lists and objects, `kind: 'message'` of a cause, `status: 'active'` of an actor. Half the bytes, and half the
 * work. Not its job: bytes (record.ts).
 */
type Brief = readonly [
  id: string,
  number: number,
  at: number,
  machine: string,
  version: string,
  causes: readonly BriefCause[],
  /** Absent: a delta in which nothing changed. */
  rest?: unknown,
];

type Message = Extract<Cause, { readonly kind: 'message' }>;
type BriefCause = Exclude<Cause, Message> | Omit<Message, 'kind'>;
type Growing<T> = { -readonly [Key in keyof T]?: T[Key] };

export function brief({ id, number, at, machine, version, causes, state, patch }: Commit): Brief {
  const rest = state === undefined ? patch : briefState(state);
  const few = causes.map(briefCause);
  return rest === undefined
    ? [id, number, at, machine, version, few]
    : [id, number, at, machine, version, few, rest];
}

/** @param isDelta what its last part is */
export function unbrief(body: unknown, isDelta: boolean): Commit {
  const [id, number, at, machine, version, causes, rest] = body as Brief;
  const commit = { id, number, at, machine, version, causes: causes.map(wholeCause) };
  if (!isDelta) return { ...commit, state: wholeState(rest as Growing<DurableState>) };
  return rest === undefined ? commit : { ...commit, patch: rest as NonNullable<Commit['patch']> };
}

function briefCause(cause: Cause): BriefCause {
  if (cause.kind !== 'message') return cause;
  const { id, from, event, path } = cause;
  if (path !== undefined) return { id, from, event, path };
  return from === undefined ? { id, event } : { id, from, event };
}

const wholeCause = (cause: BriefCause): Cause => ('kind' in cause ? cause : { kind: 'message', ...cause });

function briefState({ actor, deeds, outbox, works, taken, keys, retired }: DurableState): object {
  const few: Growing<Record<keyof DurableState, unknown>> = { actor: briefActor(actor) };
  if (deeds > 0) few.deeds = deeds;
  if (outbox.length > 0) few.outbox = outbox;
  if (works.length > 0) few.works = works;
  if (!isEmpty(taken)) few.taken = taken;
  if (keys.length > 0) few.keys = keys;
  if (retired) few.retired = retired;
  return few;
}

function wholeState({ actor, ...few }: Growing<DurableState>): DurableState {
  if (actor === undefined) throw new TypeError('A stored state has no actor.');
  const nothing = { deeds: 0, outbox: [], works: [], taken: {}, keys: [], retired: false };
  return { actor: wholeActor(actor), ...nothing, ...few };
}

function briefActor(frozen: Frozen): object {
  const few: Record<string, unknown> = {};
  for (const name in frozen) {
    const value = frozen[name as keyof Frozen];
    if (!isUsual(name, value)) few[name] = value;
  }
  if ('children' in few)
    few['children'] = Object.fromEntries(
      Object.entries(frozen.children).map(([id, child]) => [id, briefActor(child)]),
    );
  return few;
}

// The order is that of freeze.ts: what changed is looked for in order (patch.ts).
function wholeActor(few: Growing<Frozen>): Frozen {
  const whole: Frozen = { src: '', synced: false, status: 'active', children: {}, timers: [], ...few };
  if (few.children === undefined) return whole;
  const children = Object.entries(few.children).map(([id, child]) => [id, wholeActor(child)] as const);
  return { ...whole, children: Object.fromEntries(children) };
}

function isUsual(name: string, value: unknown): boolean {
  switch (name) {
    case 'src':
      return value === '';
    case 'synced':
      return value === false;
    case 'status':
      return value === 'active';
    case 'children':
      return isEmpty(value as object);
    case 'timers':
      return (value as readonly unknown[]).length === 0;
    default:
      return false;
  }
}

function isEmpty(object: object): boolean {
  for (const _key in object) return false;
  return true;
}
