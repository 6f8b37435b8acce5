import { DeadLetterBox } from '../coordination/queue/dead-letter-box.ts';
import { defaultLimits } from '../limits.ts';
import { checkName } from '../message/address.ts';
import { inboxPrefixFor } from './acl/grant.ts';
import { coded, type Attachment } from './attach.ts';
import { urlsFromEnv } from './nats-server/url.ts';

interface Place extends Attachment {
  readonly queue?: string;
}

const DEFAULT_SERVER = 'nats://127.0.0.1:4222';

/**
 * Use the dead letters of a system's queues. They are in the server: no node of the system need be there.
 * @throws TroupeError with its code in front of the message
 */
export async function openDeadLetters<T>(place: Place, use: (box: DeadLetterBox) => Promise<T>): Promise<T> {
  try {
    return await inDeadLetters(place, use);
  } catch (error) {
    throw coded(error);
  }
}

/** The same for who does not print the error. @throws TroupeError */
export async function inDeadLetters<T>(
  { nats, system, timeout, queue }: Place,
  use: (box: DeadLetterBox) => Promise<T>,
): Promise<T> {
  const [{ lookAtQueues }, { silentLogger, systemClock }] = await Promise.all([
    import('../durable/jetstream/queues.ts'),
    import('../ports.ts'),
  ]);
  const given = urlsFromEnv(nats === undefined ? process.env : { NATS_URL: nats });
  const servers = given.length === 0 ? [DEFAULT_SERVER] : [...given];
  const { shards, history } = defaultLimits;
  const store = { clock: systemClock, log: silentLogger, timeout, shards, history };
  const options = { servers, inboxPrefix: inboxPrefixFor(servers, system) };
  const opened = await lookAtQueues(options, { ...store, system: checkName(system, 'system name') });
  try {
    return await use(new DeadLetterBox(opened.queues, queue));
  } finally {
    await opened.close();
  }
}
