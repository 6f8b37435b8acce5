import type { AnyActorLogic } from 'xstate';
import type { Path } from '../../src/kernel/effect.ts';
import { isPure, type ActorState } from '../../src/kernel/state.ts';

/** Work that is not a chart and runs: a promise, callback or observable that the actor at `path` stands for. */
export interface Work {
  readonly path: Path;
  /** The name of its logic with its parent. */
  readonly src: string;
  readonly input: unknown;
  readonly logic: AnyActorLogic;
}

/** All work of a tree that has not ended, parents before their children: what has to be started again after `thaw`. */
export function worksOf(state: ActorState): Work[] {
  const works: Work[] = [];
  collect(state, [], works);
  return works;
}

function collect({ logic, src, snapshot, children }: ActorState, path: Path, works: Work[]): void {
  if (snapshot.status === 'active' && !isPure(logic)) works.push({ path, src, input: snapshot.input, logic });
  for (const [id, child] of Object.entries(children)) collect(child, [...path, id], works);
}
