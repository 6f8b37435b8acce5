import { describe, expect, it } from 'vitest';
import {
  decodeRecording,
  toRecording,
  toSequence,
  toSteps,
  type ActorView,
  type Trace,
} from 'troupe/testing';

const view = (name: string, value: string, context: object, more: Partial<ActorView> = {}): ActorView => ({
  name,
  status: 'active',
  value,
  context,
  output: undefined,
  error: undefined,
  children: [],
  timers: [],
  matches: (wanted) => wanted === value,
  hasTag: () => false,
  ...more,
});

const idle = view('client', 'idle', {});
const waiting = view('client', 'waiting', { tries: 1 }, { timers: ['retry'] });
const crashed = view('server', 'gone', {}, { status: 'crashed', value: undefined, context: undefined });
const up = view('server', 'up', { seen: new Set(['a']) });

const state = (client: ActorView, server: ActorView) => ({
  actors: { client, server },
  network: [],
  history: undefined,
  partition: undefined,
});

const ask = { from: 'client', to: 'server', event: { type: 'ASK', what: 'price; #1', n: 3n } };
const nothing = { sent: [], emitted: [] };

const trace: Trace = {
  system: 'shop',
  initial: state(idle, up),
  opening: nothing,
  steps: [
    {
      action: { kind: 'choose', actor: 'client', event: { type: 'BUY' } },
      output: { sent: [ask], emitted: [{ type: 'shop.asked' }] },
      state: state(waiting, up),
    },
    { action: { kind: 'lose', sent: ask }, output: nothing, state: state(waiting, up) },
    { action: { kind: 'crash', actor: 'server' }, output: nothing, state: state(waiting, crashed) },
    {
      action: { kind: 'timeout', actor: 'client', path: [], timer: 'retry' },
      output: nothing,
      state: state(idle, crashed),
      time: 250,
    },
  ],
  loop: 2,
};

describe('a run as text', () => {
  it('is numbered, with what was said and what changed', () => {
    expect(toSteps(trace)).toBe(
      [
        '  0  start',
        '       client: idle',
        '       server: up',
        '  1  client chooses BUY',
        '       client → server: ASK { what: "price; #1", n: "3" }',
        '       emits shop.asked',
        '       client: idle → waiting, tries: nothing → 1, timer retry set',
        '  2  lost: ASK { what: "price; #1", n: "3" } from client to server',
        '     from here it can go on for ever:',
        '  3  server crashes',
        '       server: crashed',
        '  4  client times out: retry  (250 ms)',
        '       client: waiting → idle, tries: 1 → nothing, timer retry off',
        '     … and so on, again from step 3',
      ].join('\n'),
    );
  });
});

describe('a run as a sequence diagram', () => {
  it('has lifelines, a cross for what is lost, notes for changes, and a loop', () => {
    expect(toSequence(trace)).toBe(
      [
        'sequenceDiagram',
        '  autonumber',
        '  participant a0 as client',
        '  participant a1 as server',
        '  Note over a0: idle',
        '  Note over a1: up',
        '  a0->>a0: BUY',
        '  Note over a0: emits shop.asked',
        '  Note over a0: idle → waiting, tries: nothing → 1, timer retry set',
        '  a0--xa1: ASK { what: "price#59; #35;1", n: "3" }',
        '  loop for ever',
        '  Note over a1: CRASH',
        '  Note over a1: crashed',
        '  a0->>a0: timer retry',
        '  Note over a0: waiting → idle, tries: 1 → nothing, timer retry off',
        '  end',
        '',
      ].join('\n'),
    );
  });
});

describe('a run as a recording', () => {
  const text = toRecording(trace, { source: 'check', property: 'served', replay: 'troupe check shop.ts' });

  it('is read back exactly, sets and bigints too', () => {
    const { header, lines, unread } = decodeRecording(text);
    expect(header).toEqual({
      kind: 'recording',
      v: 1,
      source: 'check',
      system: 'shop',
      property: 'served',
      replay: 'troupe check shop.ts',
      loop: 3,
    });
    expect(lines).toHaveLength(5);
    expect(lines[0]?.snapshots['server']?.context).toEqual({ seen: new Set(['a']) });
    expect(lines[1]?.sent).toEqual([ask]);
    expect(lines[1]?.snapshots).toEqual({
      client: { status: 'active', value: 'waiting', context: { tries: 1 } },
    });
    expect(unread).toEqual([]);
  });

  it('is read as far as it goes when it was cut off', () => {
    const { lines, unread } = decodeRecording(text.slice(0, -40));
    expect(lines).toHaveLength(4);
    expect(unread).toEqual([6]);
  });

  it('of another version or another kind is refused with what was found', () => {
    expect(() => decodeRecording(text.replace('"v":1', '"v":2'))).toThrow(/begins with a line .*"v":2/);
    expect(() => decodeRecording('hello')).toThrow(/this begins with "hello"/);
  });
});
