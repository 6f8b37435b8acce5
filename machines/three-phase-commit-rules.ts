import { duration } from './check.ts';
import { failure } from './fault.ts';
import type {
  ThreePhaseCoordinatorContext,
  ThreePhaseCoordinatorInput,
  ThreePhaseMessage,
} from './three-phase-commit-protocol.ts';
import type { Tell } from './vocabulary.ts';

interface Received {
  readonly context: ThreePhaseCoordinatorContext;
  readonly event: { readonly type: string };
}

const sender = ({ event }: Received): string | undefined =>
  'from' in event && typeof event.from === 'string' ? event.from : undefined;

/** The answers with the one that has just come. */
export const counted = (received: Received): Readonly<Record<string, boolean>> => {
  const { answers } = received.context;
  const from = sender(received);
  return from !== undefined && Object.hasOwn(answers, from) ? { ...answers, [from]: true } : answers;
};

export const none = ({ answers }: ThreePhaseCoordinatorContext): Readonly<Record<string, boolean>> =>
  Object.fromEntries(Object.keys(answers).map((address) => [address, false]));

/** Tell whoever has just spoken. */
export const answer = (type: ThreePhaseMessage['type']) =>
  ({
    type: 'tell',
    params: (received: Received): Tell => ({
      to: sender(received),
      event: message(type, received.context),
    }),
  }) as const;

/** A message of an actor; a decision is the same whoever tells it. */
export const message = (
  type: ThreePhaseMessage['type'],
  { self }: ThreePhaseCoordinatorContext,
): ThreePhaseMessage => (type === 'COMMIT' || type === 'ABORT' ? { type } : { type, from: self });

/** Throws `INVALID_OPTION` without participants, with one twice, or on a bad `patience`. */
export function begin(
  { transaction, coordinator, participants, patience = 10_000 }: ThreePhaseCoordinatorInput,
  self: string,
): ThreePhaseCoordinatorContext {
  const sites = [...participants, coordinator];
  if (sites.length === 1 || new Set(sites).size < sites.length)
    throw failure(
      'INVALID_OPTION',
      `three-phase-commit: the sites are [${sites.join(', ')}]; there must be a participant and a coordinator, and none twice.`,
    );
  return {
    transaction,
    self,
    patience: duration('three-phase-commit', 'patience', patience),
    answers: Object.fromEntries(sites.filter((site) => site !== self).map((site) => [site, false])),
  };
}
