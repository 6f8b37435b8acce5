import { findServer } from '../../src/cli/nats-server/find.ts';

/**
 * Before any project runs: have a nats-server, fetched into the cache if need be. A run without one fails
 * here with the reason; it never skips the tests that need it.
 */
export default async function setup(): Promise<void> {
  try {
    await findServer({ notice: (line) => void process.stderr.write(`${line}\n`) });
  } catch (error) {
    const { message } = error as Error;
    // Without stack and causes: they would bury the one line that says what to do.
    throw Object.assign(new Error(message), { stack: message });
  }
}
