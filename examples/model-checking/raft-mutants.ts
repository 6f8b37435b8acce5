/** What goes wrong in implementations of Raft, planted in the chart of Troupe. */
import { raftRegister, type RaftContext, type RaftInput, type RaftStored } from 'troupe/machines';
import { tell } from 'troupe';

/**
 * - `counts-old-terms`: a leader commits an entry of an earlier term because a majority has it (figure 8).
 * - `forgets-vote`: a server that crashed does not know whom it voted for.
 * - `votes-for-any-log`: a vote goes to a candidate whose log lacks entries.
 * - `reads-locally`: a leader answers reads without asking whether it still leads.
 */
export type Mutant = 'none' | 'counts-old-terms' | 'forgets-vote' | 'votes-for-any-log' | 'reads-locally';

const agreed = ({ log, peers, match }: RaftContext): number => {
  const lengths = [log.length, ...peers.map((peer) => match[peer] ?? 0)].sort((a, b) => b - a);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
};

const charts = {
  'counts-old-terms': raftRegister.provide({
    guards: { mayCommit: ({ context }) => agreed(context) > context.commitIndex },
  }),
  'votes-for-any-log': raftRegister.provide({ guards: { isUpToDate: () => true } }),
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

export const chartOf = (mutant: Mutant) =>
  mutant in charts ? charts[mutant as keyof typeof charts] : raftRegister;

/** What a server stores, and how it starts again. */
export const durableOf = (mutant: Mutant) => ({
  save: ({ context: { currentTerm, votedFor, log } }: { context: RaftContext }): RaftStored => ({
    currentTerm,
    votedFor: mutant === 'forgets-vote' ? null : votedFor,
    log,
  }),
  load: (input: RaftInput, stored: RaftStored): RaftInput => ({ ...input, ...stored }),
});
