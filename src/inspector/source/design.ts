import { TroupeError } from '../../errors.ts';
import type { Entry } from '../../monitoring/entry.ts';
import type { Chart } from '../draw/chart.ts';
import type { About, ActorDetail, ActorRow, ChartProblem } from '../protocol.ts';
import { ReadOnly } from './absent.ts';
import { eventsOf, hashOf, initialValue, tagsOf } from './chart-facts.ts';
import { pageOf, stateText } from './rows.ts';
import type { Source, Watcher } from './source.ts';

export interface DesignChart {
  readonly name: string;
  readonly chart: Chart;
  readonly problems: readonly ChartProblem[];
}

/** What a file says at one time. */
export interface Design {
  /** By the name of the export. */
  readonly charts: readonly DesignChart[];
  /** What is wrong with it, in words, one a line. */
  readonly flaws: readonly string[];
}

/** A file that is being written. */
export interface Draft {
  readonly name: string;
  /** @throws TroupeError when it does not load, or holds no chart */
  read(): Promise<Design>;
  /** Call back whenever the file, or what it imports, has changed. @returns stops it */
  follow(changed: () => void): () => void;
}

interface Machine {
  readonly hash: string;
  readonly chart: Chart;
  readonly value: unknown;
  readonly problems: readonly ChartProblem[];
}

/**
 * The charts in a file: they are actors that stand in their initial state. When the file changes it is read again; when it does not load, the last picture
 * stays and the error is among the flaws.
 * @throws TroupeError as `draft.read`, the first time
 */
export async function designSource(draft: Draft): Promise<Source> {
  const design = new DesignSource(draft);
  await design.begin();
  return design;
}

class DesignSource extends ReadOnly implements Source {
  readonly #draft: Draft;
  readonly #watchers = new Set<Watcher>();
  #machines: ReadonlyMap<string, Machine> = new Map();
  #flaws: readonly string[] = [];
  #stop: () => void = () => undefined;
  /** Files may change while they are read: one reading at a time, and one more after it. */
  #reading: Promise<void> | undefined;
  #isStale = false;

  constructor(draft: Draft) {
    super('A design');
    this.#draft = draft;
  }

  async begin(): Promise<void> {
    this.#show(await this.#draft.read());
    this.#stop = this.#draft.follow(() => this.#changed());
  }

  about(): About {
    return {
      source: 'design',
      name: this.#draft.name,
      canSend: false,
      flaws: this.#flaws,
      sampling: 1,
      refused: {},
    };
  }

  async overview(): ReturnType<Source['overview']> {
    const kinds = [...this.#machines].map(([name, { hash, value }]) => ({
      kind: name,
      chart: hash,
      actors: 1,
      states: { [stateText(value)]: 1 },
    }));
    return { time: 0, nodes: [], kinds, alerts: [], queues: [] };
  }

  async actors(query: Parameters<Source['actors']>[0]): ReturnType<Source['actors']> {
    return pageOf(
      [...this.#machines].map(([name, machine]) => rowOf(name, machine)),
      query,
    );
  }

  async actor(address: string): Promise<ActorDetail> {
    const machine = this.#machines.get(address);
    if (machine === undefined)
      throw new TroupeError(
        'NO_SUCH_ACTOR',
        `There is no machine "${address}" in ${this.#draft.name} (any more).`,
      );
    const { chart, hash, value } = machine;
    return {
      ...rowOf(address, machine),
      snapshot: { status: 'active', value },
      tags: tagsOf(chart, value),
      chart: hash,
      children: [],
      timers: [],
      events: eventsOf(chart, value),
      waiting: 0,
    };
  }

  async history(): ReturnType<Source['history']> {
    return { moments: [], more: false };
  }

  async chart(hash: string): Promise<Chart | undefined> {
    return [...this.#machines.values()].find((machine) => machine.hash === hash)?.chart;
  }

  problems(hash: string): readonly ChartProblem[] | undefined {
    return [...this.#machines.values()].find((machine) => machine.hash === hash)?.problems;
  }

  watch(watcher: Watcher): ReturnType<Source['watch']> {
    this.#watchers.add(watcher);
    watcher.emit([...this.#machines].flatMap(([name, machine]) => entriesOf(name, machine)));
    return { refocus: () => undefined, close: () => void this.#watchers.delete(watcher) };
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#reading;
  }

  #changed(): void {
    this.#isStale = true;
    this.#reading ??= this.#readAgain().finally(() => (this.#reading = undefined));
  }

  async #readAgain(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        this.#show(await this.#draft.read());
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#flaws = [`The last picture is shown, since the file does not load any more: ${reason}`];
        for (const watcher of this.#watchers) watcher.changed?.();
      }
    }
  }

  #show({ charts, flaws }: Design): void {
    const before = this.#machines;
    this.#flaws = flaws;
    this.#machines = new Map(
      charts.map(({ name, chart, problems }) => [
        name,
        { hash: hashOf(chart), chart, value: initialValue(chart), problems },
      ]),
    );
    const gone = [...before.keys()].filter((name) => !this.#machines.has(name));
    const news = [...this.#machines].filter(([name, { hash }]) => before.get(name)?.hash !== hash);
    const entries: Entry[] = [
      ...gone.map((address): Entry => ({
        kind: 'ended',
        address,
        node: '',
        reason: 'no longer exported',
        time: 0,
      })),
      ...news.flatMap(([name, machine]) => entriesOf(name, machine)),
    ];
    for (const watcher of this.#watchers) {
      watcher.emit(entries);
      watcher.changed?.();
    }
  }
}

const rowOf = (address: string, { value }: Machine): ActorRow => ({
  address,
  node: '',
  kind: address,
  status: 'active',
  state: stateText(value),
});

const entriesOf = (address: string, { hash, chart, value }: Machine): Entry[] => [
  { kind: 'chart', hash, chart },
  {
    kind: 'actor',
    address,
    node: '',
    machine: chart.id,
    chart: hash,
    snapshot: { status: 'active', value },
    time: 0,
  },
];
