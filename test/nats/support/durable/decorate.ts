import type { Journal, Store } from 'troupe';
import { defaultLimits } from '../../../../src/limits.ts';
import { createCodec } from '../../../../src/message/codec.ts';
import type { Envelope } from '../../../../src/message/envelope.ts';
import { readFrame } from '../../../../src/transport/frame.ts';
import type { Link, Transport } from '../../../../src/transport/transport.ts';
import { never, type Knife } from './knife.ts';

/** What becomes of the operations of a store. */
export interface Tally {
  /** Appends that another's took the place of. */
  fenced: number;
  /** Operations that were begun and have not ended. */
  open: number;
}

/** A store with a cut point before and after each write: "after" is when it is stored, and nobody has heard of it yet. */
export function cutStore(store: Store, knife: Knife, tally: Tally): Store {
  const cut = async <T>(label: string, write: () => Promise<T>): Promise<T> => {
    if (!knife.pass(`before ${label}`)) return never();
    tally.open += 1;
    try {
      const written = await write();
      return knife.pass(`after ${label}`) ? written : await never<T>();
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === 'FENCED') tally.fenced += 1;
      if (knife.fallen) return await never<T>();
      throw error;
    } finally {
      tally.open -= 1;
    }
  };
  const decorated = (journal: Journal): Journal => ({
    ...journal,
    get limit() {
      return journal.limit;
    },
    append: async (id, ...rest) => cut(`append ${id}`, async () => journal.append(id, ...rest)),
    wake: async (id, ...rest) => cut(`wake ${id}`, async () => journal.wake(id, ...rest)),
    unwake: async (id, ...rest) => cut(`unwake ${id}`, async () => journal.unwake(id, ...rest)),
  });
  return { name: store.name, open: async (options) => decorated(await store.open(options)) };
}

/** A transport with a cut point before each frame that says something between actors, or about where they live. */
export function cutTransport(transport: Transport, knife: Knife): Transport {
  return {
    name: transport.name,
    connect: async (options) => cutLink(await transport.connect(options), knife),
    settle: async (clock) => transport.settle(clock),
  };
}

function cutLink(link: Link, knife: Knife): Link {
  knife.flushWith(async () => echo(link));
  const labelOf = labels();
  return {
    get connected() {
      return link.connected;
    },
    get maxPayload() {
      return link.maxPayload;
    },
    publish(subject, bytes, unheard) {
      const label = knife.armed ? labelOf(subject, bytes) : undefined;
      if (knife.fallen || (label !== undefined && !knife.pass(label))) return;
      link.publish(subject, bytes, unheard);
    },
    subscribe: (subject, onMessage, group) =>
      link.subscribe(
        subject,
        (...message) => {
          if (!knife.fallen) onMessage(...message);
        },
        group,
      ),
    close: async () => link.close(),
  };
}

/** What comes back from the server has gone there, and so has all before it. */
const echo = async (link: Link): Promise<void> =>
  new Promise((resolve) => {
    const subject = `echo.${process.pid}`;
    link.subscribe(subject, () => resolve());
    link.publish(subject, new Uint8Array(1));
  });

/** What nodes say to each other without meaning anything for an actor. */
const idle = new Set(['$beat', '$ping', '$who', '$have', '$gone']);
const BUS = '.e.';

/** Names a frame by what is in it; one that is sent again, or says nothing of interest, has no name. */
function labels(): (subject: string, bytes: Uint8Array) => string | undefined {
  const seen = new Set<string>();
  const { depth, payload } = defaultLimits;
  const codec = createCodec({ depth, payload, self: '', now: () => 0 });
  return (subject, bytes) => {
    if (subject.startsWith('echo.')) return undefined;
    const { node, epoch, number, spans } = readFrame(bytes);
    const key = `${subject} ${epoch} ${number}`;
    if (number === 0 ? !subject.includes(BUS) : seen.has(key)) return undefined;
    seen.add(key);
    const envelopes: Envelope[] = [];
    for (let at = 0; at < spans.length; at += 2)
      envelopes.push(codec.decode(bytes, spans[at] as number, spans[at + 1] as number, node));
    const said = envelopes.filter(({ event }) => !idle.has(event.type));
    if (said.length === 0) return undefined;
    return `publish ${said.map(({ event, to }) => `${event.type}${to.startsWith('$') ? '' : ` to ${to}`}`).join(', ')}`;
  };
}
