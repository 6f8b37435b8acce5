import { isTroupeError } from '../../../../src/errors.ts';
import { alarms, type Witness } from './charts/alarms.ts';
import { families, type Parent } from './charts/family.ts';
import { orders, START_STOCK, PRICE_LIMIT, type Order, type Payment, type Stock } from './charts/order.ts';
import { peers, type Peer } from './charts/peers.ts';
import { REFUSED, sagas, type Participant } from './charts/sagas.ts';
import { tallies, type Tally } from './charts/tally.ts';
import type { Driver, Scenario } from './scenario.ts';
import { contextOf, type StoredActor } from './stored.ts';

type Actors = ReadonlyMap<string, StoredActor>;

const text = (value: unknown): string => JSON.stringify(value);

const expectEqual = (what: string, actual: unknown, expected: unknown): readonly string[] =>
  text(actual) === text(expected) ? [] : [`${what}: ${text(actual)} instead of ${text(expected)}`];

const of = <T>(actors: Actors, id: string): T | undefined => {
  const actor = actors.get(id);
  return actor && contextOf<T>(actor);
};

const valueOf = (actors: Actors, id: string): unknown => actors.get(id)?.last.actor.value;

/** Give each message a little after the one before. */
const paced = async (
  { cluster, deliver }: Driver,
  messages: readonly (readonly [to: string, event: Parameters<Driver['deliver']>[1]])[],
  pause: number,
): Promise<void> => {
  await Promise.all(
    messages.map(async ([to, event], at) => {
      await cluster.world.sleep(1 + at * pause);
      await deliver(to, event);
    }),
  );
};

/** Orders that stock and payment are asked for: completed or compensated, money and stock conserved, each effect once. */
export function orderScenario(amounts: readonly number[], pause = 300): Scenario {
  const shipped: string[] = [];
  return {
    kinds: orders((order) => void shipped.push(order)),
    drive: async (driver) =>
      paced(
        driver,
        amounts.map((amount, key) => [`order/${key}`, { type: 'PLACE', amount } as never]),
        pause,
      ),
    faults(actors) {
      const ids = amounts.map((_, key) => `order/${key}`);
      const inState = (state: string): readonly string[] =>
        ids.filter((id) => valueOf(actors, id) === state).map((id) => id.slice('order/'.length));
      const [completed, compensated, refused] = ['completed', 'compensated', 'refused'].map(inState);
      const money = completed!.reduce((sum, key) => sum + of<Order>(actors, `order/${key}`)!.amount, 0);
      const sorted = (keys: readonly string[]): readonly string[] => [...keys].sort();
      const { available, reserved, released } = of<Stock>(actors, 'stock/main')!;
      const { balance, paid, refused: unpaid } = of<Payment>(actors, 'payment/main')!;
      const dear = compensated!.filter((key) => of<Order>(actors, `order/${key}`)!.amount > PRICE_LIMIT);
      return [
        ...expectEqual(
          'orders that ended',
          completed!.length + compensated!.length + refused!.length,
          ids.length,
        ),
        ...expectEqual('compensated', compensated, dear),
        ...expectEqual('stock', available, START_STOCK - completed!.length),
        ...expectEqual('money', balance, money),
        ...expectEqual('reserved', sorted(reserved), sorted([...completed!, ...compensated!])),
        ...expectEqual('released', sorted(released), sorted(compensated!)),
        ...expectEqual('paid', sorted(paid), sorted(completed!)),
        ...expectEqual('not paid', sorted(unpaid), sorted(compensated!)),
        ...expectEqual('shipped', sorted([...new Set(shipped)]), sorted(completed!)),
      ];
    },
  };
}

/** Peers that send numbers to each other: per sender in order, none lost, none twice. */
export function peerScenario(count: number, ballast = 0, size = 4): Scenario {
  const keys = Array.from({ length: size }, (_, at) => String(at));
  const targets = (at: number): readonly string[] => [`peer/${(at + 1) % size}`, `peer/${(at + 2) % size}`];
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const from = (at: number): string => String((at + size) % size);
  const all = (...senders: readonly string[]): Peer['got'] =>
    Object.fromEntries([...senders].sort().map((sender) => [sender, numbers]));
  const inOrder = (notes: Peer['got']): Peer['got'] =>
    Object.fromEntries(Object.entries(notes).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    kinds: peers(ballast),
    options: ballast > 0 ? { limits: { delta: 64, snapshotEvery: 4, history: 1_000_000 } } : {},
    drive: async (driver) =>
      paced(
        driver,
        keys.map((key, at) => [`peer/${key}`, { type: 'SPEAK', to: targets(at), count } as never]),
        50,
      ),
    isDone: (actors) => keys.every((key) => valueOf(actors, `peer/${key}`) === 'spoken'),
    faults: (actors) =>
      keys.flatMap((key, at) => {
        const { got, echoed, ballast: carried } = of<Peer>(actors, `peer/${key}`)!;
        return [
          ...expectEqual(`what ${key} got`, inOrder(got), all(from(at - 1), from(at - 2))),
          ...expectEqual(`what ${key} was echoed`, inOrder(echoed), all(from(at + 1), from(at + 2))),
          ...expectEqual(`what ${key} carries`, carried.length, ballast),
        ];
      }),
  };
}

const CANCELLED = 'cancelled';
/** When the alarm that is cancelled would ring, ms: it has to be cancelled by then, whatever happens. */
const LATE = 100_000;

/** Alarms, and one more that is cancelled: every other rings once, not before its time. */
export function alarmScenario(delays: readonly number[], late = LATE): Scenario {
  const rings = delays.map((_, at) => String(at));
  const keys = [...rings, CANCELLED];
  return {
    kinds: alarms,
    async drive(driver) {
      await paced(
        driver,
        keys.map((key, at) => [`alarm/${key}`, { type: 'SET', delay: delays[at] ?? late } as never]),
        50,
      );
      await driver.deliver(`alarm/${CANCELLED}`, { type: 'CANCEL' });
    },
    linger: late,
    isDone: (actors) =>
      keys.every((key) => ['rung', 'cancelled'].includes(String(valueOf(actors, `alarm/${key}`)))),
    faults(actors) {
      const { rang, raised } = of<Witness>(actors, 'witness/main')!;
      return [
        ...expectEqual('alarms that rang', [...rang].sort(), rings),
        ...expectEqual('alarms that raised', [...raised].sort(), rings),
        ...rings.flatMap((key, at) => untimely(actors.get(`alarm/${key}`)!, delays[at]!)),
      ];
    },
  };
}

/** When the timers of an actor were due as it was first stored with them, and when they fired, ms since the epoch. */
export function timesOf({ commits, states }: StoredActor): {
  readonly set: number;
  readonly due: readonly number[];
  readonly fired: readonly number[];
} {
  const first = states.findIndex(({ actor }) => actor.timers.length > 0);
  const fired = commits.flatMap(({ at, causes }) =>
    causes.filter(({ kind }) => kind === 'timer').map(() => at),
  );
  return { set: commits[first]!.at, due: states[first]!.actor.timers.map(({ due }) => due), fired };
}

function untimely(actor: StoredActor, delay: number): readonly string[] {
  const { set, due, fired } = timesOf(actor);
  const dues = new Set(actor.states.flatMap(({ actor: { timers } }) => timers.map((timer) => timer.due)));
  return [
    ...expectEqual(`timers of ${actor.id}`, [due.length, fired.length], [2, 2]),
    ...expectEqual(`times when ${actor.id} was due`, dues.size, 1),
    ...due.filter((at) => at > set + delay).map((at) => `${actor.id} is due at ${at}, set at ${set}`),
    ...fired.filter((at) => at < due[0]!).map((at) => `${actor.id} fired at ${at}, due at ${due[0]!}`),
  ];
}

/** A parent with children it spawned and invoked, and a promise: they survive, and what comes of them is committed once. */
export function familyScenario(): Scenario {
  const begun: string[] = [];
  return {
    kinds: families((key) => void begun.push(key)),
    async drive({ deliver }) {
      await deliver('parent/x', { type: 'HIRE', name: 'one' } as never);
      await deliver('parent/x', { type: 'FETCH', what: 'thing' } as never);
      await deliver('parent/x', { type: 'HIRE', name: 'two' } as never);
      await deliver('parent/x/two', { type: 'NUDGE' });
      await deliver('parent/x/one', { type: 'NUDGE' });
    },
    isDone: (actors) => of<Parent>(actors, 'parent/x')!.done.length >= 2,
    faults(actors) {
      const { done, fetched } = of<Parent>(actors, 'parent/x')!;
      return [
        ...expectEqual('children that reported', [...done].sort(), ['one 1', 'two 1']),
        ...expectEqual('fetched', fetched, ['the thing']),
        ...expectEqual('keys of the work', [...new Set(begun)].length, 1),
      ];
    },
  };
}

/** Asks of a node that are not repeated: each is answered or fails with a typed error, and none takes effect twice. */
export function askScenario(count: number, pause = 150): Scenario {
  const answered: number[] = [];
  const wrong: string[] = [];
  const ask = async ({ client, cluster }: Driver, n: number): Promise<void> => {
    await cluster.world.sleep(1 + n * pause);
    try {
      const answer = await client.system.ref('tally/x').ask({ type: 'ADD', n }, { timeout: 3_000 });
      if ((answer as { n?: unknown }).n === n) answered.push(n);
      else wrong.push(`the answer to ${n} is ${text(answer)}`);
    } catch (error) {
      if (!isTroupeError(error)) wrong.push(`the answer to ${n} is ${String(error)}`);
    }
  };
  return {
    kinds: tallies,
    async drive(driver) {
      await Promise.all(Array.from({ length: count }, async (_, n) => ask(driver, n)));
      // An actor has to be there for the end, whatever became of the asks.
      await driver.deliver('tally/x', { type: 'ADD', n: count } as never);
    },
    faults(actors) {
      const { asked } = of<Tally>(actors, 'tally/x')!;
      const twice = asked.filter((n, at) => asked.indexOf(n) !== at);
      const lost = answered.filter((n) => !asked.includes(n));
      return [
        ...wrong,
        ...expectEqual('asks that took effect twice', twice, []),
        ...expectEqual('asks that were answered and took no effect', lost, []),
      ];
    },
  };
}

/** Sagas of the saga chart: completed, or undone as far as they went. */
export function sagaScenario(keys: readonly string[]): Scenario {
  const [undone, done] = [true, false].map((isRefused) =>
    keys.filter((key) => key.startsWith(REFUSED) === isRefused).sort(),
  );
  return {
    kinds: sagas,
    drive: async (driver) =>
      paced(
        driver,
        keys.map((key) => [`trip/${key}`, { type: 'STATUS' }]),
        200,
      ),
    isDone: (actors) => keys.every((key) => actors.get(`trip/${key}`)?.last.actor.status === 'done'),
    faults(actors) {
      const hotel = of<Participant>(actors, 'hotel/main')!;
      const flight = of<Participant>(actors, 'flight/main')!;
      const sorted = (values: readonly string[]): readonly string[] => [...values].sort();
      return [
        ...keys.flatMap((key) =>
          expectEqual(
            `saga ${key}`,
            valueOf(actors, `trip/${key}`),
            key.startsWith(REFUSED) ? 'compensated' : 'completed',
          ),
        ),
        ...expectEqual('hotels', [sorted(hotel.done), sorted(hotel.undone)], [sorted(keys), undone]),
        ...expectEqual('flights', sorted(flight.done), done),
      ];
    },
  };
}
