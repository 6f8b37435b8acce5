import { isTroupeError, TroupeError } from '../../errors.ts';
import { seenBy } from '../../kernel/act.ts';
import { checkStorable } from '../../kernel/storable.ts';
import { defaultLimits } from '../../limits.ts';
import type { Deed, Effect } from '../../kernel/effect.ts';
import type { Address } from '../../message/address.ts';
import type { Message } from '../../message/envelope.ts';
import { fromWire, toWire } from '../../message/failure.ts';
import type { PendingDeed } from '../commit.ts';

/** Whose deeds they are. */
export interface Doer {
  readonly address: Address;
  /** @throws TroupeError INVALID_EVENT, UNSERIALIZABLE: what the actor wants to say cannot be said */
  readonly check: (event: Message) => void;
}

/**
 * An effect as what is stored until it is done; undefined for one that is done again from the state itself.
 * @throws TroupeError INVALID_EVENT, UNSERIALIZABLE naming the actor
 */
export function deedOf({ from, deed }: Effect, doer: Doer): PendingDeed | undefined {
  switch (deed.kind) {
    case 'send':
    case 'reply':
      return { kind: deed.kind, to: deed.to, event: checked(deed.event, doer) };
    case 'refuse':
      return { kind: 'refuse', to: deed.to, error: toWire(deed.error) };
    case 'emit':
      return { kind: 'emit', event: checked(deed.event, doer) };
    case 'action':
      checkStorable(
        deed.params,
        { name: doer.address, depth: defaultLimits.depth },
        from,
        `parameters of the action "${deed.type}"`,
      );
      return { kind: 'action', from, type: deed.type, params: deed.params, event: storedEvent(deed) };
    default:
      return undefined;
  }
}

/** The question of an `ask`. @throws TroupeError INVALID_EVENT, UNSERIALIZABLE naming the actor */
export function questionOf({ deed }: Effect, due: number, doer: Doer): PendingDeed | undefined {
  if (deed.kind !== 'invoke') return undefined;
  const { to, event } = deed.input as { readonly to: Address; readonly event: Message };
  return { kind: 'ask', to, event: checked(event, doer), due };
}

function checked(event: Message, { address, check }: Doer): Message {
  try {
    check(event);
    return event;
  } catch (error) {
    if (!isTroupeError(error)) throw error;
    const type: unknown = (Object(event) as Partial<Message>).type;
    throw new TroupeError(
      error.code,
      `"${address}" cannot say "${String(type)}": ${error.message} The actor is as it was before.`,
      { cause: error, data: error.data },
    );
  }
}

const START: Message = { type: 'xstate.init' };

/** XState tells of a failed child with an error, which is no plain data. */
interface Failure extends Message {
  readonly error: unknown;
}

const isFailure = (event: Message): event is Failure =>
  event.type.startsWith('xstate.error.') && 'error' in event;

/** The event that an action acts on. */
function storedEvent(deed: Deed): Message | Failure {
  const event = seenBy(deed) ?? START;
  return isFailure(event) ? { ...event, error: toWire(event.error) } : event;
}

/** The event as it was before it was stored. */
export const actedOn = (event: Message): Message | Failure =>
  isFailure(event) ? { ...event, error: fromWire(event.error) } : event;
