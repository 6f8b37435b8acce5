import type { AnyStateMachine } from 'xstate';
import { TroupeError } from '../errors.ts';
import { pairPaths, transitionPaths } from '../testing/paths/covering.ts';
import type { ExploreOptions } from '../testing/paths/options.ts';
import type { Paths } from '../testing/paths/paths.ts';
import { postmanPaths } from '../testing/paths/postman.ts';
import { randomPaths } from '../testing/paths/random.ts';
import { shortestPaths } from '../testing/paths/shortest.ts';
import { simplePaths } from '../testing/paths/simple.ts';
import { seeded } from '../testing/random.ts';
import type { Kind } from './paths.ts';

/** What the command line says of the paths, beside what it says of the machine. */
export interface PathChoice {
  readonly to: string | undefined;
  /** Of random paths. */
  readonly seed: number;
  /** Longest path, steps. */
  readonly length: number | undefined;
  /** Paths, count. */
  readonly limit: number | undefined;
}

type Generator = (machine: AnyStateMachine, options: ExploreOptions, choice: PathChoice) => Paths;

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const given = <T extends object>(options: T): Given<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;

const refuse = (kind: Kind, options: object): void => {
  const [name] = Object.keys(given(options));
  if (name !== undefined)
    throw new TroupeError('INVALID_OPTION', `--${name} says nothing about --kind ${kind}: leave it out.`);
};

/** The generator of each kind, with the options that mean something to it. */
export const generators: Readonly<Record<Kind, Generator>> = {
  shortest: (machine, options, { to, length }) => {
    refuse('shortest', { length });
    return shortestPaths(machine, { ...options, ...given({ to }) });
  },
  simple: (machine, options, { to, length }) => {
    refuse('simple', { length });
    return simplePaths(machine, { ...options, ...given({ to }) });
  },
  transitions: (machine, options, { to, length }) => {
    refuse('transitions', { to });
    return transitionPaths(machine, { ...options, ...given({ length }) });
  },
  pairs: (machine, options, { to, length }) => {
    refuse('pairs', { to });
    return pairPaths(machine, { ...options, ...given({ length }) });
  },
  postman: (machine, options, { to, length }) => {
    refuse('postman', { to, length });
    return postmanPaths(machine, options);
  },
  random: (machine, options, { to, length, seed, limit }) =>
    randomPaths(machine, { ...options, random: seeded(seed), ...given({ to, length, count: limit }) }),
};
