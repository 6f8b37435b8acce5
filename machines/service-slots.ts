import type { Call, ServiceContext } from './service-protocol.ts';

/** The id of the child that handles a call: its slot. */
export type HandleId = `handle.${number}`;

type Slots = Pick<ServiceContext, 'inFlight' | 'waiting' | 'concurrency'>;

export const flying = ({ inFlight }: Slots): number => Object.keys(inFlight).length;

/**
 * Moves waiting calls, first in first out, into free slots. Invariant: a call waits only while no slot is free
 * (unless the service does not serve yet), so nobody overtakes the queue.
 */
export const dispatch = ({ inFlight, waiting, concurrency }: Slots) => {
  const taken = { ...inFlight };
  const started: { readonly child: HandleId; readonly call: Call }[] = [];
  for (let slot = 0; slot < concurrency && started.length < waiting.length; slot += 1) {
    const child: HandleId = `handle.${slot}`;
    const call = waiting[started.length];
    if (call === undefined || child in taken) continue;
    taken[child] = { id: call.id, ...(call.replyTo === undefined ? {} : { replyTo: call.replyTo }) };
    started.push({ child, call });
  }
  return { started, inFlight: taken, waiting: waiting.slice(started.length) };
};

/** Empties a slot. */
export const release = ({ inFlight }: Slots, child: string): ServiceContext['inFlight'] =>
  Object.fromEntries(Object.entries(inFlight).filter(([id]) => id !== child));
