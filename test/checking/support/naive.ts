import { keyOf, stateKey } from '../../../src/kernel/key.ts';
import type { ActorState } from '../../../src/kernel/state.ts';
import { isFault, type Action } from '../../../src/testing/model/action.ts';
import { receiverOf, Role, type Participant, type Reaction } from '../../../src/testing/model/participant.ts';
import type { System } from '../../../src/testing/model/spec.ts';
import { matches } from '../../../src/message/subject.ts';
import type { ActorView, Sent, SystemState } from '../../../src/testing/model/view.ts';

/**
 * The meaning of a system, written to be read and not to be fast: the reference that `explore` has to agree with. States are plain
 * values, sets are arrays sorted by key, every state is kept whole.
 */
export interface World {
  readonly actors: Readonly<Record<string, Participant>>;
  /** `ordered`: in order of sending. `unordered`: sorted. `duplicating`, `monotone`: sorted, each once. */
  readonly network: readonly Sent[];
  /** `duplicating`: what was delivered last (Stateright keeps it in the state of its network). */
  readonly last: Sent | undefined;
  readonly history: unknown;
  readonly spent: Readonly<Partial<Record<string, number>>>;
  readonly partition: readonly string[] | undefined;
}

export interface Edge {
  readonly action: Action;
  readonly to: World;
}

export interface Naive {
  readonly distinct: number;
  readonly generated: number;
  readonly depth: number;
  /** Per property: shortest number of steps to a violation (`always`) or witness (`sometimes`); undefined when there is none. */
  readonly steps: Readonly<Record<string, number | undefined>>;
  readonly path: (property: string) => readonly Action[] | undefined;
}

type AnyLedger = {
  readonly initial: unknown;
  readonly sent?: (history: unknown, sent: Sent) => unknown;
  readonly delivered?: (history: unknown, sent: Sent) => unknown;
  readonly emitted?: (history: unknown, actor: string, event: object) => unknown;
};

const sentKey = (sent: Sent): string => keyOf([sent.from, sent.to, sent.event]);
const byKey = (a: Sent, b: Sent): number => (sentKey(a) < sentKey(b) ? -1 : 1);

export class Model {
  readonly system: System;
  readonly roles: Readonly<Record<string, Role>>;
  readonly kind: string;
  readonly #ledger: AnyLedger;

  constructor(system: System) {
    this.system = system;
    this.kind = system.network ?? 'ordered';
    this.roles = Object.fromEntries(
      Object.entries(system.actors).map(([name, spec]) => [name, new Role(name, spec)]),
    );
    this.#ledger = (system.history as unknown as AnyLedger | undefined) ?? { initial: undefined };
  }

  /** Actors start in the order in which they are declared; what they say is under way in the one initial state (rule a). */
  initial(): World {
    let world: World = {
      actors: {},
      network: [],
      last: undefined,
      history: this.#ledger.initial,
      spent: {},
      partition: undefined,
    };
    for (const [name, role] of Object.entries(this.roles)) world = this.#apply(world, name, role.begin());
    return world;
  }

  key({ actors, network, last, history, spent, partition }: World): string {
    const people = Object.entries(actors).map(([name, actor]) => [
      name,
      actor.alive ? stateKey(actor.state) : this.#savedKey(name, actor.saved),
      actor.alive,
    ]);
    // Queues to different receivers, or from different senders, know no order among each other.
    const messages = this.kind === 'ordered' ? flows(network) : network.map(sentKey);
    return keyOf([people, messages, last, history, spent, partition]);
  }

  /** What is durable as a whole is an actor's state. */
  #savedKey(name: string, saved: unknown): string {
    return this.roles[name]!.spec.durable === true ? stateKey(saved as ActorState) : keyOf(saved);
  }

  view({ actors, network, history, partition }: World): SystemState {
    const views = Object.entries(this.roles).map(([name, role]): [string, ActorView] => [
      name,
      role.view(actors[name]!),
    ]);
    return { actors: Object.fromEntries(views), network, history, partition };
  }

  edges(world: World): Edge[] {
    const edges = [
      ...this.#deliveries(world),
      ...this.#choices(world),
      ...this.#settlements(world),
      ...this.#timeouts(world),
      ...this.#messageFaults(world),
      ...this.#actorFaults(world),
      ...this.#networkFaults(world),
    ];
    return edges;
  }

  #deliveries(world: World): Edge[] {
    return this.#deliverable(world).flatMap((sent) => {
      const name = receiverOf(sent.to);
      const before = world.actors[name]!;
      if (!before.alive) return [];
      const reaction = this.roles[name]!.deliver(before, sent);
      // Rule c: a message nobody heeds is not delivered; from a queue it is taken all the same.
      if (!reaction.handled && this.kind !== 'ordered') return [];
      const taken = this.#taken(world, sent);
      const heard = reaction.handled ? this.#delivered(taken, sent) : taken;
      return [{ action: { kind: 'deliver', sent } as const, to: this.#apply(heard, name, reaction) }];
    });
  }

  /** Messages that may come next: the head of each queue, or each distinct message; none across a split. */
  #deliverable({ network, partition }: World): Sent[] {
    const seen = new Set<string>();
    return network.filter((sent) => {
      const key = this.kind === 'ordered' ? keyOf([sent.from, sent.to]) : sentKey(sent);
      if (seen.has(key)) return false;
      seen.add(key);
      const receiver = receiverOf(sent.to);
      return !partition || partition.includes(sent.from) === partition.includes(receiver);
    });
  }

  #taken(world: World, sent: Sent): World {
    if (this.kind === 'monotone') return world;
    if (this.kind === 'duplicating') return { ...world, last: sent };
    return { ...world, network: without(world.network, sent) };
  }

  #choices(world: World): Edge[] {
    return this.#each(world, (name, role, actor) =>
      role
        .choices(actor)
        .map((event) => ({
          action: { kind: 'choose', actor: name, event } as const,
          reaction: role.choose(actor, event),
        }))
        .filter(({ reaction }) => reaction.handled),
    );
  }

  #settlements(world: World): Edge[] {
    return this.#each(world, (name, role, actor) =>
      role.settlements(actor).map(({ path, outcome }) => ({
        action: { kind: 'settle', actor: name, path, outcome } as const,
        reaction: role.settle(actor, path, outcome),
      })),
    );
  }

  #timeouts(world: World): Edge[] {
    const { timers = 'any' } = this.system;
    if (timers === 'never') return [];
    if (timers === 'quiet' && this.#deliveries(world).length > 0) return [];
    return this.#each(world, (name, role, actor) =>
      role.timers(actor).map(({ path, id }) => ({
        action: { kind: 'timeout', actor: name, path, timer: id } as const,
        reaction: role.fire(actor, path, id),
      })),
    );
  }

  #each(
    world: World,
    find: (name: string, role: Role, actor: Participant) => readonly { action: Action; reaction: Reaction }[],
  ): Edge[] {
    return Object.entries(this.roles).flatMap(([name, role]) =>
      find(name, role, world.actors[name]!).map(({ action, reaction }) => ({
        action,
        to: this.#apply(world, name, reaction),
      })),
    );
  }

  #messageFaults(world: World): Edge[] {
    const { corrupt, forge } = this.system.byzantine ?? {};
    const edges: Edge[] = [];
    for (const sent of this.#deliverable({ ...world, partition: undefined })) {
      const rest = without(world.network, sent);
      if (this.#may(world, 'lose'))
        edges.push({ action: { kind: 'lose', sent }, to: { ...this.#spend(world, 'lose'), network: rest } });
      const copies = this.kind === 'ordered' || this.kind === 'unordered';
      if (copies && this.#may(world, 'duplicate')) {
        const network = this.#doubled(world.network, sent);
        edges.push({
          action: { kind: 'duplicate', sent },
          to: { ...this.#spend(world, 'duplicate'), network },
        });
      }
      if (corrupt && this.#may(world, 'corrupt'))
        for (const into of corrupt(sent)) {
          const network = this.#replaced(world.network, sent, { ...sent, event: into });
          edges.push({
            action: { kind: 'corrupt', sent, into },
            to: { ...this.#spend(world, 'corrupt'), network },
          });
        }
    }
    if (forge && this.#may(world, 'forge'))
      for (const sent of forge(this.view(world))) {
        const network = this.#added(world.network, [sent]);
        edges.push({ action: { kind: 'forge', sent }, to: { ...this.#spend(world, 'forge'), network } });
      }
    return edges;
  }

  #actorFaults(world: World): Edge[] {
    const mortal = this.system.mortal ?? Object.keys(this.roles);
    return mortal.flatMap((name): Edge[] => {
      const role = this.roles[name]!;
      const actor = world.actors[name]!;
      if (actor.alive) {
        if (!this.#may(world, 'crash')) return [];
        const actors = { ...world.actors, [name]: role.crash(actor) };
        return [{ action: { kind: 'crash', actor: name }, to: { ...this.#spend(world, 'crash'), actors } }];
      }
      if (!this.#may(world, 'restart')) return [];
      const spent = this.#spend(world, 'restart');
      return [
        { action: { kind: 'restart', actor: name }, to: this.#apply(spent, name, role.restart(actor)) },
      ];
    });
  }

  #networkFaults(world: World): Edge[] {
    if (world.partition !== undefined) {
      if (!this.#may(world, 'heal')) return [];
      return [{ action: { kind: 'heal' }, to: { ...this.#spend(world, 'heal'), partition: undefined } }];
    }
    if (!this.#may(world, 'partition')) return [];
    const cuts = this.system.cuts ?? Object.keys(this.roles).map((name) => [name]);
    return cuts.map((side) => ({
      action: { kind: 'partition', side },
      to: { ...this.#spend(world, 'partition'), partition: side },
    }));
  }

  /** Budgets without end are not counted: the count would make every state a new one. */
  #budget(fault: string): number {
    const faults = this.system.faults ?? {};
    if (fault === 'restart') return faults.restart ?? faults.crash ?? 0;
    if (fault === 'heal') return faults.heal ?? faults.partition ?? 0;
    return faults[fault as 'lose'] ?? 0;
  }

  #may = ({ spent }: World, fault: string): boolean => (spent[fault] ?? 0) < this.#budget(fault);

  #spend = (world: World, fault: string): World =>
    this.#budget(fault) === Infinity
      ? world
      : { ...world, spent: { ...world.spent, [fault]: (world.spent[fault] ?? 0) + 1 } };

  #delivered = (world: World, sent: Sent): World => ({
    ...world,
    history: this.#ledger.delivered?.(world.history, sent) ?? world.history,
  });

  /** What an actor said goes under way; what goes to nobody of the system is a dead letter. */
  #apply(world: World, name: string, { participant, output }: Reaction): World {
    const { sent: direct, emitted } = output;
    let { history } = world;
    const sent = [...direct];
    for (const event of emitted) {
      history = this.#ledger.emitted?.(history, name, event) ?? history;
      for (const [to, { subscribe = [] }] of Object.entries(this.system.actors))
        if (subscribe.some((pattern) => matches(pattern, event.type))) sent.push({ from: name, to, event });
    }
    for (const message of direct) history = this.#ledger.sent?.(history, message) ?? history;
    const known = sent.filter(({ to }) => receiverOf(to) in this.roles);
    const network = this.#added(world.network, known);
    return { ...world, actors: { ...world.actors, [name]: participant }, network, history };
  }

  #added(network: readonly Sent[], more: readonly Sent[]): readonly Sent[] {
    if (more.length === 0) return network;
    const all = [...network, ...more];
    if (this.kind === 'ordered') return all;
    all.sort(byKey);
    if (this.kind === 'unordered') return all;
    return all.filter((sent, at) => at === 0 || sentKey(sent) !== sentKey(all[at - 1]!));
  }

  /** In a queue the copy stands behind the message it is a copy of. */
  #doubled(network: readonly Sent[], sent: Sent): readonly Sent[] {
    const at = network.findIndex((each) => sentKey(each) === sentKey(sent));
    return network.toSpliced(at, 0, sent);
  }

  /** In a queue the corrupted message keeps its place. */
  #replaced(network: readonly Sent[], sent: Sent, by: Sent): readonly Sent[] {
    if (this.kind !== 'ordered') return this.#added(without(network, sent), [by]);
    const at = network.findIndex((each) => sentKey(each) === sentKey(sent));
    return network.with(at, by);
  }
}

const flows = (network: readonly Sent[]): unknown => {
  const queues = new Map<string, string[]>();
  for (const sent of network) {
    const key = keyOf([sent.from, sent.to]);
    queues.set(key, [...(queues.get(key) ?? []), keyOf(sent.event)]);
  }
  return queues;
};

const without = (network: readonly Sent[], sent: Sent): readonly Sent[] => {
  const key = sentKey(sent);
  const at = network.findIndex((each) => sentKey(each) === key);
  return network.toSpliced(at, 1);
};

/** Every state of a system by breadth-first search. `eventually` is not judged here. */
export function explore(system: System, limit = 200_000): Naive {
  const model = new Model(system);
  const first = model.initial();
  const seen = new Map<
    string,
    { readonly from: string | undefined; readonly action: Action | undefined; readonly depth: number }
  >();
  const found = new Map<string, string>();
  let queue: World[] = [first];
  let generated = 1;
  let depth = 0;
  const judge = (world: World, key: string, stuck: boolean): void => {
    const view = model.view(world);
    for (const { name, kind, holds, final } of system.properties) {
      if (found.has(name) || kind === 'eventually' || (final === true && !stuck)) continue;
      if (holds(view) === (kind === 'sometimes')) found.set(name, key);
    }
  };
  seen.set(model.key(first), { from: undefined, action: undefined, depth: 1 });
  while (queue.length > 0) {
    depth += 1;
    const next: World[] = [];
    for (const world of queue) {
      const key = model.key(world);
      const edges = model.edges(world).filter(({ to }) => system.boundary?.(model.view(to)) ?? true);
      judge(
        world,
        key,
        edges.every(({ action }) => isFault(action)),
      );
      generated += edges.length;
      for (const { action, to } of edges) {
        const reached = model.key(to);
        if (seen.has(reached)) continue;
        if (seen.size >= limit) throw new Error(`More than ${limit} states.`);
        seen.set(reached, { from: key, action, depth: depth + 1 });
        next.push(to);
      }
    }
    queue = next;
  }
  const path = (property: string): readonly Action[] | undefined => {
    let key = found.get(property);
    if (key === undefined) return undefined;
    const actions: Action[] = [];
    for (let at = seen.get(key); at?.action !== undefined; at = seen.get((key = at.from!)))
      actions.unshift(at.action);
    return actions;
  };
  const steps = Object.fromEntries(system.properties.map(({ name }) => [name, path(name)?.length]));
  return { distinct: seen.size, generated, depth, steps, path };
}
