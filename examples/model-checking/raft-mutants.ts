/** What goes wrong in implementations of Raft, planted in the chart of Troupe. */
import { raftRegister, type RaftContext, type RaftInput, type RaftStored } from 'troupe/machines';
import { tell } from 'troupe';

const agreed = ({ log, peers, match }: RaftContext): number => {
  const lengths = [log.length, ...peers.map((peer) => match[peer] ?? 0)].sort((a, b) => b - a);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
};

export const mutants = {
  none: raftRegister,
  /** A leader commits an entry of an earlier term because a majority has it (figure 8). */
  'counts-old-terms': raftRegister.provide({
    guards: { mayCommit: ({ context }) => agreed(context) > context.commitIndex },
  }),
  /** A server that crashed does not know whom it voted for; see `durableOf`. */
  'forgets-vote': raftRegister,
  /** A vote goes to a candidate whose log lacks entries. */
  'votes-for-any-log': raftRegister.provide({ guards: { isUpToDate: () => true } }),
  /** A leader answers reads without asking whether it still leads. */
  'reads-locally': raftRegister.provide({
    actions: {
      read: tell(
        ({ event }) => ('replyTo' in event ? event.replyTo : undefined),
        ({ context, event }) => ({
          type: 'ANSWER',
          id: 'id' in event ? event.id : '',
          index: context.commitIndex,
          result: context.state,
        }),
      ),
    },
  }),
};

export type Mutant = keyof typeof mutants;

/** What a server stores, and how it starts again. */
export const durableOf = (mutant: Mutant) => ({
  save: ({ context: { currentTerm, votedFor, log } }: { context: RaftContext }): RaftStored => ({
    currentTerm,
    votedFor: mutant === 'forgets-vote' ? null : votedFor,
    log,
  }),
  load: (input: RaftInput, stored: RaftStored): RaftInput => ({ ...input, ...stored }),
});
