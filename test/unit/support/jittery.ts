import { matches } from '../../../src/message/subject.ts';
import type { Clock, Random } from '../../../src/ports.ts';
import type { Link, OnMessage } from '../../../src/transport/transport.ts';

interface Subscriber {
  readonly subject: string;
  readonly onMessage: OnMessage;
}

interface Station {
  readonly name: string;
  readonly subscribers: Set<Subscriber>;
}

export interface Jittery {
  link(name: string): Link;
  /** Nothing of that station arrives any more, nor anything for it. */
  cut(name: string): void;
}

/** A network on a clock: between two stations order is kept (L1), but every message takes its own time, up to `most` ms. */
export function jittery(clock: Clock, random: Random, most: number): Jittery {
  const stations = new Map<string, Station>();
  const last = new Map<string, number>();
  const due = new Map<number, (() => void)[]>();
  const at = (time: number, fn: () => void): void => {
    const fns = due.get(time);
    if (fns !== undefined) return void fns.push(fn);
    const batch = [fn];
    due.set(time, batch);
    clock.setTimeout(() => {
      due.delete(time);
      for (const each of batch) each();
    }, time - clock.now());
  };
  const carry = (from: Station, to: Station, subject: string, bytes: Uint8Array): void => {
    const way = `${from.name}>${to.name}`;
    const time = Math.max(last.get(way) ?? 0, clock.now() + 1 + Math.floor(random() * most));
    last.set(way, time);
    at(time, () => {
      if (stations.get(from.name) !== from || stations.get(to.name) !== to) return;
      for (const { subject: pattern, onMessage } of [...to.subscribers])
        if (matches(pattern, subject)) onMessage(bytes, subject);
    });
  };
  return {
    cut: (name) => void stations.delete(name),
    link(name) {
      const station: Station = { name, subscribers: new Set() };
      stations.set(name, station);
      return {
        get connected() {
          return stations.get(name) === station;
        },
        maxPayload: 1024 * 1024,
        publish(subject, bytes, unheard) {
          const copy = Uint8Array.prototype.slice.call(bytes);
          const receivers = [...stations.values()].filter(({ subscribers }) =>
            [...subscribers].some((each) => matches(each.subject, subject)),
          );
          if (receivers.length === 0 && unheard !== undefined) clock.setTimeout(unheard, 1);
          for (const receiver of receivers) carry(station, receiver, subject, copy);
        },
        subscribe(subject, onMessage) {
          const subscriber = { subject, onMessage };
          station.subscribers.add(subscriber);
          return () => void station.subscribers.delete(subscriber);
        },
        close: async () => Promise.resolve(void stations.delete(name)),
      };
    },
  };
}
