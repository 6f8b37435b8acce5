import { describe, expect, test } from 'vitest';
import { WritableJournal } from '../../src/inspector/page/journal.ts';
import type { Selection } from '../../src/inspector/page/selection.ts';
import type { Session } from '../../src/inspector/page/session.ts';
import { seenIn } from '../../src/inspector/page/shell/seen-in.ts';
import { conversationWith, type Threads } from '../../src/inspector/page/views/messages/derive.ts';
import type { Line } from '../../src/monitoring/recording.ts';

const line = (step: number, actor: string, correlation: string): Line => ({
  kind: 'step',
  step,
  action: { kind: 'deliver', sent: { from: 'x', to: actor, event: { type: 'E' } } },
  sent: [],
  emitted: [],
  snapshots: { [actor]: { status: 'active', value: `s${step}` } },
  time: step,
  message: { id: `m${step}`, correlation, kind: 'tell' },
});

const looking = (value: Selection, lines: readonly Line[]): Session => {
  const journal = new WritableJournal();
  journal.take(lines);
  return { selection: { value }, journal } as unknown as Session;
};

describe('what is looked at', () => {
  const lines = [line(3, 'memory', 'c'), { ...line(4, 'order', 'c'), commit: 9 }];

  test('of a step is the actor that it changed, as it was then', () => {
    const at = (step: number): Selection => seenIn(looking({ view: 'messages', step }, lines), 'actor');
    expect(at(3)).toEqual({ view: 'actor', address: 'memory', moment: 3 });
    expect(at(4)).toEqual({ view: 'actor', address: 'order', moment: 9 });
    expect(at(5)).toEqual({ view: 'actor' });
  });

  test('is the same in other views, without what only one knows', () => {
    const selection = { view: 'actor', address: 'a', moment: 2, options: { tab: 'send' } } as const;
    expect(seenIn(looking(selection, lines), 'timeline')).toEqual({
      view: 'timeline',
      address: 'a',
      moment: 2,
    });
  });
});

describe('the conversation of an actor', () => {
  // The last first.
  const threads = {
    traffic: { occurrences: ['saga/1', 'stock', 'saga/2', 'stock', 'till'].map((actor) => ({ actor })) },
    conversations: [
      { id: 'c2', owner: 'saga/2', occurrences: [2, 3] },
      { id: 'c1', owner: 'saga/1', occurrences: [0, 1, 4] },
    ],
  } as unknown as Threads;

  test('is the one that it conducts, or the last in which it takes part', () => {
    expect(conversationWith(threads, 'saga/1')?.id).toBe('c1');
    expect(conversationWith(threads, 'stock')?.id).toBe('c2');
    expect(conversationWith(threads, 'till')?.id).toBe('c1');
  });

  test('is never that of another', () => {
    expect(conversationWith(threads, 'saga/124')).toBeUndefined();
  });
});
