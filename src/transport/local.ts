import type { Clock } from '../ports.ts';
import { matches } from '../message/subject.ts';
import type { Link, LinkOptions, OnMessage, Transport } from './transport.ts';

interface Subscriber {
  readonly subject: string;
  readonly group: string | undefined;
  readonly link: object;
  readonly onMessage: OnMessage;
}

/** Systems created with the same network reach each other; no server is needed. */
export interface LocalNetwork {
  readonly subscribers: Set<Subscriber>;
}

export const localNetwork = (): LocalNetwork => ({ subscribers: new Set() });

const MAX_PAYLOAD = 1024 * 1024;

/**
 * The transport within one process, the default. Delivers a copy of the bytes in a later tick, as a network would.
 * @param network shared by the systems that are to reach each other; a private one if not given
 */
export function local(network: LocalNetwork = localNetwork()): Transport {
  return { name: 'local', connect: async (options) => Promise.resolve(connect(network, options)), settle };
}

/** A hello and its answer each take two ticks: one to leave, one to arrive. */
const TICKS = 6;

async function settle(clock: Clock): Promise<void> {
  for (let tick = 0; tick < TICKS; tick++) await new Promise<void>((resolve) => clock.setImmediate(resolve));
}

function connect(network: LocalNetwork, { clock, onClosed }: LinkOptions): Link {
  const link = {};
  const turns = new Map<string, number>();
  let open = true;
  const close = (): void => {
    open = false;
    for (const each of network.subscribers) if (each.link === link) network.subscribers.delete(each);
  };
  return {
    get connected() {
      return open;
    },
    maxPayload: MAX_PAYLOAD,
    publish(subject, bytes, unheard) {
      if (!open) return;
      const copy = Uint8Array.prototype.slice.call(bytes);
      clock.setImmediate(() => {
        const receivers = select(network, subject, turns);
        if (receivers.length === 0) unheard?.();
        for (const { onMessage } of receivers) onMessage(copy, subject);
      });
    },
    subscribe(subject, onMessage, group) {
      const subscriber: Subscriber = { subject, group, link, onMessage };
      network.subscribers.add(subscriber);
      return () => void network.subscribers.delete(subscriber);
    },
    async close() {
      await new Promise<void>((resolve) => clock.setImmediate(resolve));
      if (!open) return;
      close();
      onClosed(undefined);
    },
  };
}

/** Everyone without a group, and one of each group in turn. */
function select(network: LocalNetwork, subject: string, turns: Map<string, number>): readonly Subscriber[] {
  const chosen: Subscriber[] = [];
  const groups = new Map<string, Subscriber[]>();
  for (const each of network.subscribers) {
    if (!matches(each.subject, subject)) continue;
    if (each.group === undefined) chosen.push(each);
    else groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  }
  for (const [group, members] of groups) {
    const turn = turns.get(group) ?? 0;
    turns.set(group, turn + 1);
    chosen.push(members[turn % members.length] as Subscriber);
  }
  return chosen;
}
