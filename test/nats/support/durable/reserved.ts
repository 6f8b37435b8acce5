import { afterAll, beforeAll } from 'vitest';
import type { Server } from '../../../../src/cli/nats-server/server.ts';
import { natsServer } from '../../../support/server.ts';
import { Reserve } from './victims.ts';

export interface Reserved {
  readonly server: Server;
  readonly reserve: Reserve;
}

/**
 * A server, and processes that wait to be used, for all tests of a file.
 * @param width processes that are used at a time, count
 * @returns what there is once tests run
 */
export function reserved(width: number): () => Reserved {
  let there: Reserved | undefined;
  beforeAll(async () => {
    there = { server: await natsServer(), reserve: new Reserve(width) };
  });
  afterAll(async () => {
    await there?.reserve[Symbol.asyncDispose]();
    await there?.server.stop();
  });
  return () => there!;
}
