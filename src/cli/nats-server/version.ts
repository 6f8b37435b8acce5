import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The oldest server Troupe supports: earlier ones have no `sync_interval` and no multi-subject consumers. */
export const OLDEST = '2.10.0';

/** `2.15.1` of what `nats-server -v` prints (`nats-server: v2.15.1`); undefined when there is no version in it. */
export function parseVersion(output: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+)/.exec(output)?.[1];
}

/** Is `version` (`major.minor.patch`) the same as `oldest` or newer? Pre-release suffixes do not count. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [have, want] = [version, oldest].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10)),
  );
  for (let i = 0; i < 3; i++) {
    const difference = (have?.[i] ?? 0) - (want?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Run `path -v`, at most 10 seconds. Undefined when it cannot run or tells no version. */
export async function readVersion(path: string): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(path, ['-v'], { timeout: 10_000, killSignal: 'SIGKILL' });
    return parseVersion(stdout + stderr);
  } catch {
    return undefined;
  }
}
