import { afterAll, beforeAll, expect } from 'vitest';
import { createSystem, silentLogger, type Limits, type System, type SystemOptions } from '../../src/index.ts';
import type { Network } from './transport.ts';

/** The same system under test wherever its nodes are: both on one network of the contract's transport. */
export interface World {
  /** Another node of the system `name`. */
  join(name: string, options?: Partial<SystemOptions>): Promise<System>;
  /** Two nodes that know each other, of a system nobody else is in. */
  pair(limits?: Partial<Limits>): Promise<Pair>;
}

export interface Pair extends AsyncDisposable {
  readonly near: System;
  readonly far: System;
}

export type Make = () => Promise<Network>;

let systems = 0;

export const freshName = (): string => `contract-${++systems}`;

/** A world on a network of its own, for the tests of the suite in which this is called. */
export function worldOn(make: Make): World {
  let network: Network | undefined;
  beforeAll(async () => {
    network = await make();
  });
  afterAll(async () => network?.[Symbol.asyncDispose]());
  return createWorld(() => network!);
}

export function createWorld(network: () => Network): World {
  const join: World['join'] = async (name, options = {}) =>
    createSystem({ name, transport: network().transport(), log: silentLogger, ...options });
  return {
    join,
    async pair(limits = {}) {
      const name = freshName();
      const near = await join(name, { node: 'near', limits });
      const far = await join(name, { node: 'far', limits });
      // A busy machine may take longer to bring a hello than joining waits for it.
      await expect.poll(() => [near, far].map((node) => node.members().length)).toEqual([1, 1]);
      return {
        near,
        far,
        async [Symbol.asyncDispose]() {
          await Promise.all([near.stop(), far.stop()]);
        },
      };
    },
  };
}
