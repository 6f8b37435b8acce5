import { describe, expect, it } from 'vitest';
import { Turns, type Receiver } from '../../src/actor/turns.ts';
import type { Envelope } from '../../src/message/envelope.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const envelope = (type: string): Envelope => ({
  kind: 'notification',
  node: 'n',
  seq: 1,
  to: 'a',
  clock: 0,
  event: { type },
});

const receiver = (handle: (type: string) => unknown): Receiver => ({
  waiting: 0,
  handle: ({ event }) => handle(event.type) !== false,
});

describe('turns', () => {
  it('A1 lets a message sent in a turn wait until the turn is over', () => {
    const log: string[] = [];
    const turns = new Turns(100, virtualClock(), () => undefined);
    const second = receiver((type) => void log.push(`second ${type}`));
    const first = receiver((type) => {
      log.push(`first ${type}`);
      turns.take(second, envelope('b'));
      log.push('first is done');
    });
    turns.take(first, envelope('a'));
    expect(log).toEqual(['first a', 'first is done', 'second b']);
  });

  it('A2 posts what was said in a turn after it, and nothing of a turn that failed', () => {
    const posted: string[] = [];
    const turns = new Turns(100, virtualClock(), ({ event }) => posted.push(event.type));
    const speaker = receiver((type) => {
      turns.say(envelope(`said in ${type}`));
      return type !== 'bad';
    });
    turns.take(speaker, envelope('bad'));
    turns.take(speaker, envelope('good'));
    expect(posted).toEqual(['said in good']);
  });

  it('posts at once what is said outside of a turn', () => {
    const posted: string[] = [];
    new Turns(100, virtualClock(), ({ event }) => posted.push(event.type)).say(envelope('timer'));
    expect(posted).toEqual(['timer']);
  });

  it('names the message being handled as the cause, and none afterwards', () => {
    const turns = new Turns(100, virtualClock(), () => undefined);
    const seen: (string | undefined)[] = [];
    turns.take(
      receiver(() => void seen.push(turns.current?.event.type)),
      envelope('a'),
    );
    expect([...seen, turns.current]).toEqual(['a', undefined]);
  });

  it('gives the event loop its turn, and goes on in order', () => {
    const clock = virtualClock();
    const turns = new Turns(10, clock, () => undefined);
    let handled = 0;
    const endless = receiver(() => {
      if (++handled < 35) turns.take(endless, envelope('again'));
    });
    turns.take(endless, envelope('begin'));
    expect(handled).toBe(11);
    clock.settle();
    expect([handled, endless.waiting, turns.handled]).toEqual([35, 0, 35]);
  });
});
