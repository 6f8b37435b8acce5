import { type Command, InvalidArgumentError } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTroupeError, TroupeError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { checkName, parseAddress } from '../message/address.ts';
import { COMMAND } from '../monitoring/command-node.ts';
import type { Logger } from '../ports.ts';
import type { System } from '../system.ts';
import { inboxPrefixFor } from './acl/grant.ts';
import { Denied } from './denied.ts';
import { urlsFromEnv } from './nats-server/url.ts';

/** Which live system a command joins, and how long it waits for it. */
export interface Attachment {
  readonly nats?: string;
  readonly system: string;
  /** ms */
  readonly timeout: number;
  readonly json?: boolean;
}

const DEFAULT_SERVER = 'nats://127.0.0.1:4222';
/** The longest delay that timers of Node take, ms. */
const LONGEST = 2 ** 31 - 1;

/** A whole number from `least` to `most`, as an option's value. */
export const whole =
  (most: number, least = 1) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

/** The options that all commands against a live system share. */
export const attachable = (command: Command): Command =>
  command
    .option('--nats <url>', `NATS server of the system (default: $NATS_URL, else ${DEFAULT_SERVER})`)
    .option('--system <name>', 'name of the system', 'troupe')
    .option('--timeout <ms>', 'give up after this time', whole(LONGEST), 5_000);

/** An address on the command line; a wrong one is a usage error. */
export const address = (text: string): string => {
  try {
    parseAddress(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
};

/**
 * Join a live system as a node of its own, use it, and leave: others see it come and go as any node.
 * @throws TroupeError with its code in front of the message: NO_SERVER, PERMISSION_DENIED, INVALID_OPTION, or what `use` threw
 */
export async function attach<T>(options: Attachment, use: (system: System) => Promise<T>): Promise<T> {
  try {
    const denied = new Denied(checkName(options.system, 'system name'));
    await using system = await join(options, denied.log);
    await company(system);
    denied.assertNothing();
    return await use(system);
  } catch (error) {
    throw coded(error);
  }
}

/**
 * Try once more if nobody was found: a node that was too busy to answer our hello is heard of within a heartbeat, and until
 * then "no such actor" may only mean "not met yet". What was not delivered may be said again without harm.
 */
export async function insist<T>(system: System, attempt: () => Promise<T>): Promise<T> {
  const missed = (): number => system.stats().deadLetters['no-such-actor'] ?? 0;
  const before = missed();
  try {
    return await attempt();
  } catch (error) {
    if (missed() === before) throw error;
  }
  await everyone();
  if (system.members().length === 0) {
    throw new TroupeError(
      'NO_SUCH_ACTOR',
      `no node of a system "${system.name}" is there: name yours with --system.`,
    );
  }
  return attempt();
}

/** Time in which every live node is heard of. */
export const everyone = (): Promise<void> => sleep(defaultLimits.heartbeat * 1.2);

async function join({ nats: url, system: name, timeout }: Attachment, log: Logger): Promise<System> {
  // Loaded on use: `troupe --help` and `troupe draw` need no NATS client.
  const [{ createSystem }, { nats }] = await Promise.all([
    import('../create.ts'),
    import('../transport/nats.ts'),
  ]);
  const given = urlsFromEnv(url === undefined ? process.env : { NATS_URL: url });
  const servers = given.length === 0 ? [DEFAULT_SERVER] : [...given];
  return createSystem({
    name,
    node: COMMAND,
    transport: nats({ servers, inboxPrefix: inboxPrefixFor(servers, name) }),
    log,
    limits: { connect: timeout, askTimeout: timeout, drain: timeout, resolve: RESOLVE },
  });
}

/** Who holds an address is answered by all nodes at once; only a node that is stuck makes us wait this long, ms. */
const RESOLVE = 1_000;
const STEP = 20;

/** Wait for the first other node, at most two heartbeats: there may be none. */
async function company(system: System): Promise<void> {
  for (let waited = 0; waited < 2 * defaultLimits.heartbeat; waited += STEP) {
    if (system.members().length > 0) return;
    await sleep(STEP);
  }
}

/** The code in front; and what to do about a missing server is another thing on the command line than in a program. */
export const coded = (error: unknown): unknown => {
  if (!isTroupeError(error)) return error;
  const message = error.message.replace(
    /, or pass the address of yours: .*$/,
    ', or name yours with --nats or NATS_URL.',
  );
  return new TroupeError(error.code, `${error.code}: ${message}`, { cause: error });
};
