import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter, DeadReason } from '../actor/dead-letters.ts';
import { isTroupeError, TroupeError, type ErrorCode } from '../errors.ts';
import { parseAddress } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';
import type { System } from '../system.ts';

const STEP = 5;

/**
 * Send an event and wait until the node of its receiver has acknowledged it.
 * @throws TroupeError TIMEOUT after `timeout` ms; the reason of its dead letter (NO_SUCH_ACTOR, NODE_DOWN, …)
 */
export async function deliver(system: System, to: string, event: Message, timeout: number): Promise<void> {
  await checkPinned(system, to, timeout);
  const letters: DeadLetter[] = [];
  const listening = system.onDeadLetter((letter) => {
    if (letter.to === to && letter.event?.type === event.type) letters.push(letter);
  });
  system.ref(to).send(event);
  const isUnderWay = (): boolean => letters.length === 0 && system.stats().pending > 0;
  for (let waited = 0; waited < timeout && isUnderWay(); waited += STEP) await sleep(STEP);
  listening.unsubscribe();
  const [letter] = letters;
  if (letter !== undefined) throw new TroupeError(codeOf(letter.reason), reasonOf(letter));
  if (system.stats().pending === 0) return;
  throw new TroupeError(
    'TIMEOUT',
    `"${to}" is on a node that did not acknowledge "${event.type}" within ${timeout} ms; whether it arrived is unknown.`,
  );
}

/** `no-such-actor` as NO_SUCH_ACTOR. */
const codeOf = (reason: DeadReason): ErrorCode => reason.toUpperCase().replaceAll('-', '_');

const reasonOf = ({ to, detail, reason }: DeadLetter): string =>
  detail ?? `The message to "${to}" is a dead letter: ${reason}.`;

/**
 * The node that `id@node` names keeps a dead letter for an actor it does not have, and tells only those who watch: ask before.
 * The receiver may also be a service there, or a child of an actor there.
 */
async function checkPinned(system: System, to: string, timeout: number): Promise<void> {
  const { id, node } = parseAddress(to);
  if (node === undefined) return;
  if (system.members().some((member) => member.node === node && Object.hasOwn(member.services, id))) return;
  const parts = id.split('/');
  const owners = parts.map((_, i) => `${parts.slice(0, i + 1).join('/')}@${node}`);
  const answers = await Promise.allSettled(
    owners.map(async (owner) => system.ref(owner).snapshot({ timeout })),
  );
  const faults = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as unknown] : [],
  );
  if (faults.length === owners.length && faults.every(isMissing)) throw faults.at(-1);
}

const isMissing = (error: unknown): boolean =>
  isTroupeError(error) && (error.code === 'NO_SUCH_ACTOR' || error.code === 'NODE_DOWN');
