import { keyOf, stateKey } from '../../kernel/key.ts';
import type { Participant, Reaction } from '../model/participant.ts';
import type { Sent } from '../model/view.ts';
import type { Player } from './player.ts';

const keyOfActor = (actor: Participant): string => (actor.alive ? stateKey(actor.state) : keyOf(actor.saved));

const sentKey = ({ from, to, event }: Sent): string => keyOf([from, to, event]);

/** Would the reaction leave the actor, or the set of messages, any different? What is emitted always counts. */
export function isNews(
  { participant: before }: Player,
  { participant, output: { sent, emitted } }: Reaction,
  network: readonly Sent[],
): boolean {
  if (emitted.length > 0 || keyOfActor(before) !== keyOfActor(participant)) return true;
  if (sent.length === 0) return false;
  const known = new Set(network.map(sentKey));
  return sent.some((message) => !known.has(sentKey(message)));
}
