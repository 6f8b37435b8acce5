import { TroupeError } from '../../errors.ts';

type Version = readonly [major: number, minor: number, patch: number];

/** Before it, several appends with the same expected position could all win in a replicated stream (nats-server #4320). */
const FENCES_REPLICAS: Version = [2, 9, 21];
/** Answers with many messages at once (ADR-31). */
const BATCHES: Version = [2, 11, 0];

export const answersInBatches = (version: string): boolean => isAtLeast(version, BATCHES);

/** @throws TroupeError STORE_MISMATCH when this server would let two owners of an actor write */
export function checkVersion(version: string, replicas: number): void {
  if (replicas === 1 || isAtLeast(version, FENCES_REPLICAS)) return;
  throw new TroupeError(
    'STORE_MISMATCH',
    `nats-server ${version} does not fence appends to a stream with ${replicas} replicas (its issue 4320): two owners of an actor could both write. Use 2.9.21 or newer (2.11 is better), or replicas: 1.`,
    { data: { setting: 'server version', there: version, wanted: FENCES_REPLICAS.join('.') } },
  );
}

function isAtLeast(version: string, wanted: Version): boolean {
  const parts = version.split(/[.+-]/).map(Number);
  for (const [i, least] of wanted.entries()) {
    const part = parts[i] ?? 0;
    if (part !== least) return part > least;
  }
  // 2.11.0-RC.1 is before 2.11.0
  return !version.includes('-');
}
