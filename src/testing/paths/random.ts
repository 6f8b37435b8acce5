import type { AnyActorLogic } from 'xstate';
import { TroupeError } from '../../errors.ts';
import type { Random } from '../../ports.ts';
import type { ActorView } from '../model/view.ts';
import { collect, pathOptionNames, type PathOptions } from './collect.ts';
import { graphOf, type Edge, type Graph } from './graph.ts';
import type { Move } from './move.ts';
import { eventOf, Path } from './path.ts';
import type { Paths } from './paths.ts';
import { isTarget } from './target.ts';

/** How likely a move is, beside the others of the state: by type of event, or as a function. Default 1; 0 for never. */
export type Weights = Readonly<Record<string, number>> | ((move: Move, state: ActorView) => number);

export interface RandomOptions extends PathOptions {
  /** Numbers in [0, 1): the same ones give the same paths. */
  readonly random: Random;
  readonly weights?: Weights;
  /** Paths, count. Default 10; with `stop`, as many as it takes. */
  readonly count?: number;
  /** Longest path, steps. Default 50. */
  readonly length?: number;
}

/**
 * Random paths, each from the initial state until it can go no further, has `length` steps, or reaches `to`. Only states on the way are
 * explored, so the machine may have infinitely many.
 * @throws TroupeError as `explore`
 */
export function randomPaths(machine: AnyActorLogic, options: RandomOptions): Paths {
  if (typeof options.random !== 'function')
    throw new TroupeError(
      'INVALID_OPTION',
      'Random paths need numbers: give { random: seeded(1) }, or another function.',
    );
  const { count = options.stop === undefined ? 10 : Infinity, length = 50, stop } = options;
  for (const [name, value] of Object.entries({ count, length }))
    if (!(value >= 1)) throw new TroupeError('INVALID_OPTION', `${name} must be at least 1, got ${value}.`);
  const names = [...pathOptionNames, 'random', 'weights', 'count', 'length'];
  const graph = graphOf(machine, options, names);
  return collect(graph, walks(graph, { ...options, count, length }), stop);
}

type Walk = RandomOptions & { readonly count: number; readonly length: number };

function* walks(graph: Graph, walk: Walk): Generator<Path> {
  for (let made = 0; made < walk.count; made++) {
    const edges: number[] = [];
    let at = 0;
    while (edges.length < walk.length && !(walk.to !== undefined && isTarget(graph.view(at), walk.to))) {
      const number = pick(graph, at, walk);
      if (number === undefined) break;
      edges.push(number);
      at = (graph.edges[number] as Edge).to;
    }
    yield new Path(graph, at, edges);
  }
}

function pick(graph: Graph, at: number, { weights = {}, random }: Walk): number | undefined {
  const out = graph.out(at);
  const shares = out.map((number) => {
    const { move } = graph.edges[number] as Edge;
    const weight =
      typeof weights === 'function' ? weights(move, graph.view(at)) : weights[eventOf(move).type];
    return Math.max(0, weight ?? 1);
  });
  let left = random() * shares.reduce((sum, share) => sum + share, 0);
  return out.find((_, index) => {
    const share = shares[index] ?? 0;
    left -= share;
    return share > 0 && left < 0;
  });
}
