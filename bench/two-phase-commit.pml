/* Two-phase commit with seven participants, as TwoPhase of Gray and Lamport: the same states as
   examples/model-checking/two-phase-commit.ts. Messages are a set that only grows: a flag for each. */
mtype = { working, prepared, committed, aborted };

mtype rm[7] = working;
mtype tm = working;
bool counted[7], saidPrepared[7], saidCommit, saidAbort;

#define any(s) (rm[0] == s || rm[1] == s || rm[2] == s || rm[3] == s || rm[4] == s || rm[5] == s || rm[6] == s)
#define all (counted[0] && counted[1] && counted[2] && counted[3] && counted[4] && counted[5] && counted[6])

#define Participant(i) \
  :: d_step { rm[i] == working -> rm[i] = prepared; saidPrepared[i] = true } \
  :: d_step { rm[i] == working -> rm[i] = aborted } \
  :: d_step { saidCommit -> rm[i] = committed } \
  :: d_step { saidAbort -> rm[i] = aborted } \
  :: d_step { tm == working && saidPrepared[i] -> counted[i] = true }

active proctype system() {
  do
  Participant(0) Participant(1) Participant(2) Participant(3) Participant(4) Participant(5) Participant(6)
  :: d_step { tm == working && all -> tm = committed; saidCommit = true }
  :: d_step { tm == working -> tm = aborted; saidAbort = true }
  :: d_step { any(committed) && any(aborted) -> assert(false) }
  od
}
