import { isTroupeError, TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { actionText } from '../report/say.ts';
import { asked } from './asked.ts';
import type { Bounds, StoppedBy } from './bounds.ts';
import { Graph } from './graph.ts';
import { Ints } from './ints.ts';
import { Judge } from './judge.ts';
import type { Memory } from './memory.ts';
import type { Model } from './model.ts';
import type { Ample } from './reduction/ample.ts';
import { Space } from './space.ts';
import type { Step } from './step.ts';
import type { Symmetry } from './symmetry/symmetry.ts';

/** How a search is getting on. */
export interface Status {
  readonly distinctStates: number;
  readonly generatedStates: number;
  /** States that were found and not looked at yet. */
  readonly waiting: number;
  readonly seconds: number;
}

export interface SearchOptions {
  readonly bounds: Bounds;
  readonly clock: Pick<Clock, 'now'>;
  readonly memory: Memory;
  /** End at the first property that fails. */
  readonly failFast: boolean;
  readonly onProgress?: ((status: Status) => void) | undefined;
  readonly symmetry?: Symmetry | undefined;
  readonly ample?: Ample | undefined;
}

/** Successors, and values on the heap, between two looks at clock and memory. */
const STRIDE = 4_095;
const HEAP_STRIDE = 256;
/** Characters of the longest key beyond which the next one, perhaps of a state twice as large, may not find room in a small heap. */
const LONGEST = 2 ** 20;
/** Time between two reports of progress, ms. */
const REPORT = 500;
const MB = 2 ** 20;
/** Share of the heap in use at which the search stops, for a verdict takes memory too. */
const FULL = 0.7;

/**
 * Breadth-first search over all states of a model. States are expanded in the order in which they are found, so the way to each is
 * a shortest one.
 */
export class Search {
  readonly judge: Judge;
  readonly space: Space;
  /** States that nothing follows, except faults. */
  readonly ends = new Ints();
  generated = 0;
  stoppedBy: StoppedBy | undefined;
  readonly #model: Model;
  readonly #options: SearchOptions;
  readonly #current: Int32Array;
  readonly #began: number;
  #reported: number;
  #head = 0;
  /** The state that is looked at. */
  #at = 0;
  /** Its steps that are no faults. */
  #owed = 0;
  /** Steps that led to a state which was not looked at before. */
  #fresh = 0;
  #interned = 0;

  constructor(model: Model, options: SearchOptions) {
    this.#model = model;
    this.#options = options;
    this.judge = new Judge(model);
    this.space = new Space(model.varying);
    this.#current = model.initial.slice();
    this.#began = options.clock.now();
    this.#reported = this.#began;
  }

  get seconds(): number {
    return (this.#options.clock.now() - this.#began) / 1_000;
  }

  run(): Graph {
    const { symmetry } = this.#options;
    const initial = this.#model.initial.slice();
    symmetry?.canonicalize(initial);
    this.space.find(initial);
    this.#located(() => {
      this.#add(initial, -1, undefined);
      this.generated = 1;
      for (const step of this.#model.opening) if (step.wavering) this.judge.seeWavering(0);
      this.#stopOnFailure();
      while (this.stoppedBy === undefined && this.#head < this.space.size) this.#expand();
    });
    return this.#graph();
  }

  #graph(): Graph {
    return new Graph(this.#model, this.space, this.#head, this.#options);
  }

  #expand(): void {
    const vector = this.space.read(this.#head, this.#current);
    this.#owed = 0;
    this.#at = this.#head;
    this.#options.symmetry?.check(vector);
    this.#follow(vector);
    if (this.stoppedBy !== undefined) return;
    if (this.#owed === 0) {
      this.ends.push(this.#head);
      this.judge.seeEnd(this.#head, vector);
      this.#stopOnFailure();
    }
    this.#head += 1;
  }

  /** All steps, or those of one actor where that is enough: where one of them leads on (C3 of reduction/ample.ts). */
  #follow(vector: Int32Array): void {
    const only = this.#options.ample?.choose(vector) ?? -1;
    if (only < 0) return this.#model.successors(vector, this.#visit);
    const before = this.#fresh;
    this.#model.successors(vector, (step) => {
      if (step.slot === only) this.#visit(step);
    });
    if (this.#fresh > before) return;
    this.#model.successors(vector, (step) => {
      if (step.slot !== only) this.#visit(step);
    });
  }

  #visit = (step: Step): void => {
    if (this.stoppedBy !== undefined) return;
    const { next } = this.#model;
    this.#options.symmetry?.canonicalize(next);
    const known = this.space.find(next);
    if (known < 0) {
      if (!this.#isInside(next)) return;
      if (this.space.size >= this.#options.bounds.maxStates) return this.#stop('states');
      this.#add(next, this.#head, step);
    }
    if (known < 0 || known > this.#head) this.#fresh += 1;
    this.generated += 1;
    if (!step.fault) this.#owed += 1;
    if (step.wavering) this.judge.seeWavering(this.#head, step);
    this.#stopOnFailure();
    const { interned } = this.#model.tables.progress;
    if ((this.generated & STRIDE) === 0 || interned - this.#interned > HEAP_STRIDE) this.#look(interned);
  };

  #add(vector: Int32Array, parent: number, step: Step | undefined): void {
    const state = this.space.add(vector, parent, step?.id ?? -1);
    this.#model.tables.progress.states = this.space.size;
    this.#at = state;
    this.judge.see(state, vector, step);
    this.#at = this.#head;
  }

  #isInside(vector: Int32Array): boolean {
    const { boundary } = this.#model.tables.system;
    return boundary === undefined || asked('The boundary', () => boundary(this.judge.view.show(vector)));
  }

  #stop(by: StoppedBy): void {
    this.stoppedBy ??= by;
  }

  #stopOnFailure(): void {
    if (this.#options.failFast && this.judge.failed) this.#stop('failure');
  }

  #look(interned: number): void {
    this.#interned = interned;
    const { bounds, clock, memory, onProgress } = this.#options;
    const now = clock.now();
    if (now - this.#began > bounds.maxSeconds * 1_000) this.#stop('time');
    const { longest } = this.#model.tables.progress;
    if (longest > LONGEST || memory.used() > bounds.maxMemory * MB || memory.pressure() > FULL)
      this.#stop('memory');
    if (onProgress === undefined || now - this.#reported < REPORT) return;
    this.#reported = now;
    onProgress({
      distinctStates: this.space.size,
      generatedStates: this.generated,
      waiting: this.space.size - this.#head,
      seconds: (now - this.#began) / 1_000,
    });
  }

  /** What the model's own functions throw is told with the way to the state in which they did. */
  #located(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!isTroupeError(error)) throw error;
      const graph = this.#graph();
      const steps = graph.way(this.#at).map(({ action }) => actionText(action));
      const where =
        steps.length === 0
          ? 'in the initial state'
          : `after ${steps.length} steps: ${steps.map((text, at) => `${at + 1}. ${text}`).join('; ')}`;
      throw new TroupeError(error.code, `${error.message.replace(/\.$/, '')}. It happened ${where}.`, {
        cause: error,
      });
    }
  }
}
