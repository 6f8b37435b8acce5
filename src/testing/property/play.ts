import type { AnyActorLogic } from 'xstate';
import type { Alphabet } from '../paths/alphabet.ts';
import { eventOf } from '../paths/path.ts';
import type { Move } from '../paths/move.ts';
import { Watch, type MachineProperty } from './judge.ts';
import { observe, type MachineState, type Position } from './observation.ts';
import { Run } from './run.ts';

/** One choice of a tape: which of the possible moves, and what events of a type carry if one is chosen. */
export interface Choice {
  readonly pick: number;
  readonly payloads: Readonly<Record<string, object>>;
}

/** What runs are made of. */
export interface Stage {
  readonly name: string;
  readonly logic: AnyActorLogic;
  readonly input: unknown;
  readonly alphabet: Alphabet;
  readonly properties: readonly MachineProperty[];
  /** Steps by itself at the end, in which `eventually` may still come true; count. */
  readonly patience: number;
}

/** A run that is over. */
export interface Play {
  /** The moves that were chosen; not those the machine made by itself at the end. */
  readonly moves: readonly Move[];
  readonly positions: readonly Position[];
  readonly failed: string | undefined;
  readonly witnessed: ReadonlySet<string>;
  /** Did it come to rest within `patience`? Otherwise `eventually` is not decided. */
  readonly settled: boolean;
}

/** The next move of a run; undefined to let it end. */
type Chooser = (run: Run) => Move | undefined;

function play(stage: Stage, choose: Chooser): Play {
  const run = new Run(stage.name, stage.logic, stage.input, stage.alphabet);
  const watch = new Watch(stage.properties);
  const positions = [run.now];
  const moves: Move[] = [];
  const see = (): MachineState => {
    const state = observe(stage.name, run.now);
    watch.see(state, run.wavered);
    return state;
  };
  const go = (move: Move): void => void positions.push(run.take(move));
  see();
  for (let move = choose(run); move !== undefined && watch.failed === undefined; move = choose(run)) {
    moves.push(move);
    go(move);
    see();
  }
  let left = stage.patience;
  for (let move = alone(run, watch); move !== undefined && left > 0; move = alone(run, watch)) {
    go(move);
    see();
    left -= 1;
  }
  const settled = watch.failed === undefined && alone(run, watch) === undefined;
  if (settled) watch.seeRest(observe(stage.name, run.now));
  return { moves, positions, failed: watch.failed, witnessed: watch.witnessed, settled };
}

/** What the machine does when nobody sends it anything: the first of what can happen. */
const alone = (run: Run, watch: Watch): Move | undefined =>
  watch.failed !== undefined || run.isOver ? undefined : run.moves(true)[0];

/** A run that a tape chooses: each number is taken from the moves that are possible then, so none is wasted. */
export function playTape(stage: Stage, tape: readonly Choice[]): Play {
  let at = 0;
  return play(stage, (run) => {
    const choice = tape[at];
    at += 1;
    if (choice === undefined || run.isOver) return undefined;
    const moves = run.moves();
    const move = moves[choice.pick % Math.max(1, moves.length)];
    return move && carrying(move, choice.payloads, run);
  });
}

/** A run of these moves, without those that are not possible when their turn comes. */
export function playMoves(stage: Stage, moves: readonly Move[]): Play {
  let at = 0;
  return play(stage, (run) => {
    while (at < moves.length && !run.allows(moves[at] as Move)) at += 1;
    const move = moves[at];
    at += 1;
    return move;
  });
}

/** An event that an arbitrary speaks for carries what that made; where nobody heeds it so, it stays as it was. */
function carrying(move: Move, payloads: Choice['payloads'], run: Run): Move {
  if (move.kind !== 'event') return move;
  const { type } = eventOf(move);
  const payload = payloads[type];
  if (payload === undefined) return move;
  const laden: Move = { kind: 'event', event: { ...payload, type } };
  return run.allows(laden) ? laden : move;
}
