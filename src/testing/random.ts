import type { Random } from '../ports.ts';

/** Seeds are whole numbers from 0 to this. */
export const maxSeed = 2 ** 32 - 1;

const stride = 0x6d2b79f5;

const mixed = (state: number): number => {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
};

/**
 * A small generator of random numbers in [0, 1) with a seed, so that a run can be repeated: mulberry32 (Tommy Ettinger, public
 * domain). Not for secrets.
 */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + stride) >>> 0;
    return mixed(state) / 2 ** 32;
  };
}

/** The seed of the run of that number: runs of one seed have little in common. */
export const seedOf = (seed: number, run: number): number =>
  run === 0 ? seed : mixed((mixed((seed + stride) >>> 0) + Math.imul(run, 0x9e3779b9)) >>> 0);
