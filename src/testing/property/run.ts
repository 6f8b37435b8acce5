import type { AnyActorLogic } from 'xstate';
import { TroupeError } from '../../errors.ts';
import { keyOf, stateKey } from '../../kernel/key.ts';
import { start, type Decision } from '../../kernel/step.ts';
import type { ActorState } from '../../kernel/state.ts';
import { viewOf } from '../model/views.ts';
import type { Alphabet } from '../paths/alphabet.ts';
import { take, type Move } from '../paths/move.ts';
import { moveText, stateText } from '../paths/text.ts';
import type { Position } from './observation.ts';

/** Of timers that run at the same time, the ones that are due first, and when that is. */
interface Due {
  readonly at: number;
  readonly names: ReadonlySet<string>;
}

const timerName = (path: readonly string[], id: string): string => JSON.stringify([path, id]);

/**
 * One run of a machine in virtual time: events take none, and a timer runs out only when it is the next to be due, whoever set it. What is
 * decided twice must be decided alike.
 */
export class Run {
  readonly #name: string;
  readonly #alphabet: Alphabet;
  readonly #deadlines = new Map<string, number>();
  #now: Position;
  /** Set when the machine decided differently the second time, or changed a state it had left. */
  wavered = false;

  constructor(name: string, logic: AnyActorLogic, input: unknown, alphabet: Alphabet) {
    this.#name = name;
    this.#alphabet = alphabet;
    const [state, effects, taken] = this.#twice(() => start(logic, input));
    this.#now = { state, effects, taken, move: undefined, time: 0, steps: 0 };
    this.#arm();
  }

  get now(): Position {
    return this.#now;
  }

  get isOver(): boolean {
    return this.#now.state.snapshot.status !== 'active';
  }

  /**
   * All that can happen now and is heeded.
   * @param alone only what the machine and its work do by themselves
   */
  moves(alone = false): readonly Move[] {
    const { state } = this.#now;
    const due = this.#due();
    return this.#alphabet
      .moves(state, () => viewOf(this.#name, state))
      .filter((move) => {
        if (move.kind === 'timer') return due.names.has(timerName(move.path, move.id));
        if (alone && move.kind === 'event') return false;
        return this.#isHeeded(move);
      });
  }

  /** Go on by one move. */
  take(move: Move): Position {
    const before = this.#now;
    const key = stateKey(before.state);
    const [state, effects, taken] = this.#twice(() => take(before.state, move));
    if (stateKey(before.state) !== key) this.wavered = true;
    const time = move.kind === 'timer' ? this.#due().at : before.time;
    this.#now = { state, effects, taken, move, time, steps: before.steps + 1 };
    if (move.kind === 'timer') this.#deadlines.delete(timerName(move.path, move.id));
    this.#arm();
    return this.#now;
  }

  /** Is this move possible, and does anything come of it? */
  allows(move: Move): boolean {
    if (this.isOver) return false;
    if (move.kind === 'timer') return this.#due().names.has(timerName(move.path, move.id));
    return this.#isHeeded(move);
  }

  /** @throws TroupeError NO_CASE for an event that fails only because nobody said what it carries */
  #isHeeded(move: Move): boolean {
    const { state } = this.#now;
    const [after, effects, taken] = take(state, move);
    if (after.snapshot.status === 'error' && 'bare' in move)
      throw new TroupeError(
        'NO_CASE',
        `"${moveText(move)}" without a payload fails in state "${stateText(viewOf(this.#name, state))}": ${reason(after)}. Give it cases or an arbitrary.`,
      );
    return after !== state || effects.length > 0 || taken.length > 0;
  }

  #twice(decide: () => Decision): Decision {
    const first = decide();
    const key = this.wavered ? '' : decisionKey(first);
    if (!this.wavered && decisionKey(decide()) !== key) this.wavered = true;
    return first;
  }

  /** Deadlines of the timers that the last step set. */
  #arm(): void {
    const { effects, time } = this.#now;
    for (const { from, deed } of effects)
      if (deed.kind === 'schedule') this.#deadlines.set(timerName(from, deed.id), time + deed.delay);
  }

  #due(): Due {
    const running = timersOf(this.#now.state);
    const at = Math.min(...running.map((name) => this.#deadlines.get(name) ?? Infinity));
    return { at, names: new Set(running.filter((name) => (this.#deadlines.get(name) ?? Infinity) === at)) };
  }
}

const reason = ({ snapshot: { error } }: ActorState): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').replace(/\.$/, '');

const decisionKey = ([state, effects]: Decision): string =>
  `${stateKey(state)}${keyOf(effects.map(({ from, deed }) => [from, deed]))}`;

const timersOf = ({ timers, children }: ActorState, path: readonly string[] = []): string[] => [
  ...timers.map(({ id }) => timerName(path, id)),
  ...Object.entries(children).flatMap(([id, child]) => timersOf(child, [...path, id])),
];
