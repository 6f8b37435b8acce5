import { describe, expect, it } from 'vitest';
import { Membership } from '../../src/cluster/membership.ts';
import { defaultLimits } from '../../src/limits.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const beat = { type: '$beat', services: {}, hello: false, leaving: false } as const;

/** A membership on a virtual clock; `log` holds what it said and decided. */
function alone() {
  const clock = virtualClock();
  const log: string[] = [];
  const membership = new Membership({
    clock,
    limits: { ...defaultLimits, heartbeat: 500, downAfter: 3_000, unheardAfter: 500 },
    services: () => ({}),
    hosts: () => [],
    say: ({ hello, leaving }, node) =>
      log.push(`${hello ? 'hello' : leaving ? 'bye' : 'beat'} ${node ?? 'all'}`),
    ping: (node) => log.push(`ping ${node}`),
    onHello: () => undefined,
    onDown: (node, why) => log.push(`down ${node} ${why}`),
    onChange: () => undefined,
  });
  const news = (): readonly string[] => log.filter((each) => each.startsWith('down'));
  return { clock, log, membership, news };
}

describe('membership', () => {
  it('C2 says hello, beats, answers a newcomer, and says goodbye', () => {
    const { clock, log, membership } = alone();
    membership.start();
    clock.advance(1_000);
    membership.take('b', { ...beat, hello: true });
    membership.leave();
    clock.advance(5_000);
    expect(log).toEqual(['hello all', 'beat all', 'beat all', 'beat b', 'bye all']);
    expect(clock.pending).toBe(0);
  });

  it('C2 takes a node for dead after `downAfter` of silence, not before, and asks it first', () => {
    const { clock, log, membership, news } = alone();
    membership.start();
    membership.take('b', beat);
    clock.advance(3_000);
    expect(news()).toEqual([]);
    clock.advance(250);
    expect(news()).toEqual(['down b silent']);
    expect(log.filter((each) => each === 'ping b').length).toBeGreaterThan(5);
    expect(membership.size).toBe(0);
  });

  it('C2 anything heard of a node is a sign of life', () => {
    const { clock, membership, news } = alone();
    membership.start();
    membership.take('b', beat);
    for (let i = 0; i < 10; i++) {
      clock.advance(2_000);
      membership.heard('b');
    }
    expect(news()).toEqual([]);
    expect(membership.all()).toMatchObject([{ node: 'b' }]);
  });

  it('C2 a node that nobody listens for is dead after `unheardAfter`; one that is heard meanwhile is not', () => {
    const { clock, membership, news } = alone();
    membership.start();
    membership.take('b', beat);
    membership.unheard('b');
    clock.advance(400);
    membership.heard('b');
    clock.advance(200);
    membership.unheard('b');
    expect(news()).toEqual([]);
    clock.advance(500);
    membership.unheard('b');
    expect(news()).toEqual(['down b unheard']);
    membership.unheard('stranger');
    expect(news()).toEqual(['down b unheard', 'down stranger unheard']);
  });

  it('C2 judges nobody while our own connection is down, nor shortly after', () => {
    const { clock, membership, news } = alone();
    membership.start();
    membership.take('b', beat);
    membership.connection(false);
    clock.advance(60_000);
    membership.unheard('b');
    expect(news()).toEqual([]);
    membership.connection(true);
    membership.unheard('b');
    clock.advance(1_000);
    membership.unheard('b');
    clock.advance(1_900);
    expect(news()).toEqual([]);
    clock.advance(500);
    expect(news()).toEqual(['down b silent']);
  });

  it('a goodbye is believed at once, and a node that comes back is a member again', () => {
    const { membership, news } = alone();
    membership.take('b', beat);
    membership.take('b', { ...beat, leaving: true });
    expect(news()).toEqual(['down b left']);
    membership.take('b', beat);
    expect(membership.has('b')).toBe(true);
  });
});
