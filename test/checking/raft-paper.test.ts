import { describe, expect, it } from 'vitest';
import { raftRegister, type RaftContext, type RaftInput, type RaftMessage } from '../../machines/index.ts';
import type { Effect } from '../../src/kernel/effect.ts';
import type { ActorState } from '../../src/kernel/state.ts';
import { fire, start, step } from '../../src/kernel/step.ts';

/** The tables of etcd's `raft_paper_test.go`, one by one what sections 5.2 to 5.4 of the paper say, against the chart. */
const names = (size: number): string[] => Array.from({ length: size }, (_, at) => `s${at + 1}`);

const server = (size: number, stored: Partial<RaftInput> = {}): ActorState =>
  start(raftRegister, { name: 's1', servers: names(size), ...stored })[0];

const contextOf = ({ snapshot }: ActorState): RaftContext => snapshot.context as RaftContext;
const said = (effects: readonly Effect[]): { to: string; event: RaftMessage }[] =>
  effects.flatMap(({ deed }) =>
    deed.kind === 'send' ? [{ to: deed.to, event: deed.event as RaftMessage }] : [],
  );
const terms = ({ log }: RaftContext): number[] => log.map(({ term }) => term);
const logOf = (...all: number[]) => all.map((term) => ({ term, kind: 'command', command: null }) as const);

const told = (state: ActorState, event: RaftMessage): ActorState => step(state, event)[0];
const answered = (state: ActorState, event: RaftMessage): RaftMessage | undefined =>
  said(step(state, event)[1])[0]?.event;

const stands = (state: ActorState) => fire(state, [], state.timers[0]!.id);

const elected = (size: number, stored: Partial<RaftInput> = {}): ActorState => {
  let state = stands(server(size, stored))[0];
  const { currentTerm: term } = contextOf(state);
  for (const from of names(size).slice(1))
    if (state.snapshot.value === 'candidate')
      state = told(state, { type: 'VOTE', term, from, granted: true });
  return state;
};

const acknowledged = (state: ActorState, from: string, index: number): ActorState =>
  told(state, { type: 'APPENDED', term: contextOf(state).currentTerm, from, success: true, index });

const proposal = { type: 'PROPOSE', id: 'p', command: 'x' };

describe('Raft, as in the paper: elections (5.2)', () => {
  it.each([
    [1, [], 'leader'],
    [3, ['s2', 's3'], 'leader'],
    [3, ['s2'], 'leader'],
    [5, ['s2', 's3', 's4', 's5'], 'leader'],
    [5, ['s2', 's3', 's4'], 'leader'],
    [5, ['s2', 's3'], 'leader'],
    [3, [], 'candidate'],
    [5, ['s2'], 'candidate'],
    [5, [], 'candidate'],
  ])('of %i servers, votes of %j make it %s in one round', (size, voters, value) => {
    let [state] = stands(server(size));
    for (const from of names(size).slice(1))
      state = told(state, { type: 'VOTE', term: 1, from, granted: voters.includes(from) });
    expect([state.snapshot.value, contextOf(state).currentTerm]).toEqual([value, 1]);
  });

  it('a vote that comes twice, or from a stranger, counts no more', () => {
    let [state] = stands(server(5));
    for (const from of ['s2', 's2', 'stranger', 's2'])
      state = told(state, { type: 'VOTE', term: 1, from, granted: true });
    expect(state.snapshot.value).toBe('candidate');
  });

  it.each([
    [null, 's2', true],
    [null, 's3', true],
    ['s2', 's2', true],
    ['s3', 's3', true],
    ['s2', 's3', false],
    ['s3', 's2', false],
  ])('who voted for %s in this term, and is asked by %s, grants: %s', (votedFor, from, granted) => {
    const state = server(3, { currentTerm: 1, votedFor });
    expect(answered(state, { type: 'REQUEST_VOTE', term: 1, from, lastIndex: 0, lastTerm: 0 })).toEqual({
      type: 'VOTE',
      term: 1,
      from: 's1',
      granted,
    });
  });

  it.each([1, 2])('a candidate of term 1 follows a leader of term %i', (term) => {
    const [candidate] = stands(server(3));
    const state = told(candidate, {
      type: 'APPEND',
      term,
      from: 's2',
      prevIndex: 0,
      prevTerm: 0,
      entries: [],
      commit: 0,
    });
    expect([state.snapshot.value, contextOf(state).currentTerm, contextOf(state).leader]).toEqual([
      'follower',
      term,
      's2',
    ]);
  });

  it.each(['follower', 'candidate', 'leader'])('a %s that hears of a newer term follows in it', (value) => {
    const state = { follower: server(3), candidate: stands(server(3))[0], leader: elected(3) }[value]!;
    expect(state.snapshot.value).toBe(value);
    const after = told(state, { type: 'APPENDED', term: 7, from: 's2', success: false, index: 0 });
    expect([after.snapshot.value, contextOf(after).currentTerm, contextOf(after).votedFor]).toEqual([
      'follower',
      7,
      null,
    ]);
  });

  it('timeouts are spread over their range, and seldom collide', () => {
    const range = { min: 10, max: 19 };
    const delays = (name: string): number[] =>
      Array.from(
        { length: 1_000 },
        (_, currentTerm) =>
          start(raftRegister, {
            name,
            servers: names(5),
            currentTerm,
            electionTimeout: range,
            heartbeat: 1,
          })[0].timers[0]!.delay,
      );
    const all = names(5).map(delays);
    expect([...new Set(all[0])].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const collisions = all[0]!.filter((_, term) => {
      const first = Math.min(...all.map((each) => each[term]!));
      return all.filter((each) => each[term] === first).length > 1;
    });
    expect(collisions.length).toBeLessThanOrEqual(300);
  });
});

describe('Raft, as in the paper: replication (5.3)', () => {
  it('a proposal goes to all at once, with what precedes it', () => {
    const leader = acknowledged(elected(3), 's2', 1);
    const [state, effects] = step(leader, proposal);
    expect([contextOf(state).log.length, contextOf(state).commitIndex]).toEqual([2, 1]);
    const entries = [{ term: 1, kind: 'command', command: 'x' }];
    const append = { type: 'APPEND', term: 1, from: 's1', prevIndex: 1, prevTerm: 1, entries, commit: 1 };
    expect(said(effects).find(({ to }) => to === 's2')?.event).toEqual(append);
  });

  it.each([
    [1, [], true],
    [3, [], false],
    [3, ['s2'], true],
    [3, ['s2', 's3'], true],
    [5, [], false],
    [5, ['s2'], false],
    [5, ['s2', 's3'], true],
    [5, ['s2', 's3', 's4'], true],
    [5, ['s2', 's3', 's4', 's5'], true],
  ])('of %i servers, %j have the entry: committed is %s', (size, acceptors, isCommitted) => {
    let leader = elected(size);
    for (const from of names(size).slice(1)) leader = acknowledged(leader, from, 1);
    let state = step(leader, proposal)[0];
    for (const from of acceptors) state = acknowledged(state, from, 2);
    expect(contextOf(state).commitIndex > 1).toBe(isCommitted);
  });

  it.each([[[]], [[2]], [[1, 2]], [[1]]])(
    'with an entry, all that precede it (%j) are committed',
    (before) => {
      const leader = elected(3, { currentTerm: 2, log: logOf(...before) });
      const [state, effects] = step(step(leader, proposal)[0], {
        type: 'APPENDED',
        term: 3,
        from: 's2',
        success: true,
        index: before.length + 2,
      } as RaftMessage);
      const news = effects.flatMap(({ deed }) =>
        deed.kind === 'emit' ? [deed.event as unknown as { index: number; entry: { term: number } }] : [],
      );
      expect(news.map(({ index }) => index)).toEqual(
        Array.from({ length: before.length + 2 }, (_, at) => at + 1),
      );
      expect(news.map(({ entry }) => entry.term)).toEqual([...before, 3, 3]);
      expect(contextOf(state).state).toBe('x');
    },
  );

  it.each([
    [['a'], 1],
    [['a', 'b'], 2],
    [['b', 'a'], 2],
    [['a', 'b'], 1],
  ])('a follower that is told %j up to %i applies just that', (commands, commit) => {
    const entries = commands.map((command) => ({ term: 1, kind: 'command', command }) as const);
    const append = {
      type: 'APPEND',
      term: 1,
      from: 's2',
      prevIndex: 0,
      prevTerm: 0,
      entries,
      commit,
    } as const;
    const { commitIndex, state } = contextOf(told(server(3), append));
    expect([commitIndex, state]).toEqual([commit, commands[commit - 1]]);
  });

  it.each([
    [0, 0, { success: true, index: 0 }],
    [1, 1, { success: true, index: 1 }],
    [2, 2, { success: true, index: 2 }],
    [1, 2, { success: false, index: 1 }],
    [3, 3, { success: false, index: 2 }],
  ])('a log of terms 1, 2 is asked to build on term %i at %i', (prevTerm, prevIndex, answer) => {
    const state = server(3, { currentTerm: 2, log: logOf(1, 2) });
    const append = {
      type: 'APPEND',
      term: 2,
      from: 's2',
      prevIndex,
      prevTerm,
      entries: [],
      commit: 0,
    } as const;
    expect(answered(state, append)).toEqual({ type: 'APPENDED', term: 2, from: 's1', ...answer });
  });

  it.each([
    [2, 2, [3], [1, 2, 3]],
    [1, 1, [3, 4], [1, 3, 4]],
    [0, 0, [1], [1, 2]],
    [0, 0, [3], [3]],
  ])('after index %i of term %i, entries of terms %j leave %j', (prevIndex, prevTerm, sent, kept) => {
    const state = server(3, { currentTerm: 2, log: logOf(1, 2) });
    const entries = logOf(...sent);
    const append = { type: 'APPEND', term: 4, from: 's2', prevIndex, prevTerm, entries, commit: 0 } as const;
    expect(terms(contextOf(told(state, append)))).toEqual(kept);
  });

  it.each([
    ['a', [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ['b', [1, 1, 1, 4]],
    ['c', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ['d', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ['e', [1, 1, 1, 4, 4, 4, 4]],
    ['f', [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])('figure 7 (%s): a leader brings the log %j into line with its own', (_, log) => {
    const leading = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    let leader = elected(3, { currentTerm: 8, log: logOf(...leading) });
    let [follower] = start(raftRegister, {
      name: 's2',
      servers: names(3),
      currentTerm: 7,
      log: logOf(...log),
    });
    let [, effects] = step(leader, proposal);
    [leader] = step(leader, proposal);
    for (let rounds = 0; rounds < 30; rounds++) {
      const append = said(effects).find(({ to }) => to === 's2');
      if (append === undefined) break;
      const [next, answers] = step(follower, append.event);
      follower = next;
      [leader, effects] = step(leader, said(answers)[0]!.event);
    }
    expect(terms(contextOf(follower))).toEqual([...leading, 9, 9]);
    expect(contextOf(leader).commitIndex).toBe(12);
  });
});

describe('Raft, as in the paper: safety (5.4)', () => {
  it.each([
    [[1], 2],
    [[1, 2], 3],
  ])('with a log of terms %j a candidate of term %i says how far it reaches', (log, term) => {
    const [, effects] = stands(server(3, { currentTerm: term - 1, log: logOf(...log) }));
    const request = { type: 'REQUEST_VOTE', term, from: 's1', lastIndex: log.length, lastTerm: log.at(-1) };
    expect(said(effects)).toEqual([
      { to: 's2', event: request },
      { to: 's3', event: request },
    ]);
  });

  it.each([
    [[1], 1, 1, true],
    [[1], 1, 2, true],
    [[1, 1], 1, 1, false],
    [[1], 2, 1, true],
    [[1], 2, 2, true],
    [[1, 1], 2, 1, true],
    [[2], 1, 1, false],
    [[2], 1, 2, false],
    [[2, 2], 1, 1, false],
  ])(
    'a voter with %j and a candidate whose log ends in term %i at %i: granted is %s',
    (log, lastTerm, lastIndex, granted) => {
      const state = server(2, { log: logOf(...log) });
      const request = { type: 'REQUEST_VOTE', term: 3, from: 's2', lastIndex, lastTerm } as const;
      expect(answered(state, request)).toEqual({ type: 'VOTE', term: 3, from: 's1', granted });
    },
  );

  it.each([
    [1, 0],
    [2, 0],
    [3, 3],
  ])(
    'a leader of term 3 with entries of terms 1, 2 that are on a majority up to %i commits %i',
    (index, commit) => {
      const leader = elected(2, { currentTerm: 2, log: logOf(1, 2) });
      expect(contextOf(acknowledged(step(leader, proposal)[0], 's2', index)).commitIndex).toBe(commit);
    },
  );
});
