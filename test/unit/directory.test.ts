import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Control } from '../../src/cluster/control.ts';
import { Directory } from '../../src/cluster/directory.ts';
import { defaultLimits } from '../../src/limits.ts';
import { HybridClock } from '../../src/message/clock.ts';
import { virtualClock } from '../support/virtual-clock.ts';

type Message = Extract<Control, { type: '$who' | '$have' }>;

/** Directories of several nodes on one virtual clock, with wires whose delay the test chooses. */
function cluster(names: readonly string[], delay: () => number, skew: (name: string) => number = () => 0) {
  const clock = virtualClock();
  const held = new Map(names.map((name) => [name, new Set<string>()]));
  const sent: Message[] = [];
  const directories = new Map<string, Directory>();
  /** Each pair's messages stay in order, as NATS keeps them. */
  const busyUntil = new Map<string, number>();
  const post = (from: string, to: string, message: Message): void => {
    sent.push(message);
    const wire = `${from} ${to}`;
    const at = Math.max(clock.now() + delay(), busyUntil.get(wire) ?? 0);
    busyUntil.set(wire, at);
    clock.setTimeout(() => {
      const receiver = directories.get(to)!;
      if (message.type === '$who') receiver.asked(from, message);
      else receiver.answered(from, message);
    }, at - clock.now());
  };
  for (const self of names) {
    const others = names.filter((name) => name !== self);
    const directory = new Directory({
      self,
      clock,
      limits: defaultLimits,
      stamps: new HybridClock(() => clock.now() + skew(self)),
      members: () => others,
      holds: (id: string) => held.get(self)!.has(id),
      broadcast: (question: Message) => others.forEach((to) => post(self, to, question)),
      answer: (to: string, answer: Message) => post(self, to, answer),
      connected: () => true,
      probe: () => undefined,
    });
    directories.set(self, directory);
  }
  return { clock, held, sent, node: (name: string): Directory => directories.get(name)! };
}

/** Let virtual time and promises alternate until nothing is left to happen within `ms`. */
async function pass(clock: ReturnType<typeof virtualClock>, ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    clock.advance(1);
    for (let hop = 0; hop < 10; hop++) await Promise.resolve();
  }
}

describe('directory', () => {
  it('finds the node that holds an address, remembers it, and forgets it when it proves wrong', async () => {
    const { clock, held, node } = cluster(['a', 'b', 'c'], () => 1);
    held.get('c')!.add('x');
    const found = node('a').resolve('x');
    await pass(clock, 10);
    expect(await found).toBe('c');
    expect(node('a').locate('x')).toBe('c');
    node('a').forget('x');
    expect(node('a').locate('x')).toBeUndefined();
  });

  it('says nobody as soon as all have answered, or when even the slow had their time', async () => {
    const quick = cluster(['a', 'b'], () => 1);
    const began = quick.clock.now();
    const none = quick
      .node('a')
      .resolve('x')
      .then((holder) => [holder, quick.clock.now() - began]);
    await pass(quick.clock, 50);
    expect(await none).toEqual([undefined, 2]);
    const slow = cluster(['a', 'b'], () => 10_000);
    const late = slow
      .node('a')
      .resolve('x')
      .then((holder) => [holder, slow.clock.now() - began]);
    await pass(slow.clock, 1_100);
    expect(await late).toEqual([undefined, 1_040]);
  });

  it('asks for all addresses of a tick at once, in as many messages as they need', async () => {
    const { clock, sent, node } = cluster(['a', 'b'], () => 1);
    const asked = Array.from({ length: 30_000 }, async (_, i) =>
      node('a').resolve(`a-rather-long-address/${i}`),
    );
    await pass(clock, 10);
    expect((await Promise.all(asked)).every((holder) => holder === undefined)).toBe(true);
    const questions = sent.filter((message) => message.type === '$who');
    expect(questions.reduce((sum, { ids }) => sum + ids.length, 0)).toBe(30_000);
    expect(questions).toHaveLength(11);
  });

  it('of nodes that claim one id at once, exactly one gets it, whatever delays and wrong clocks there are', async () => {
    const schedule = fc.record({
      starts: fc.array(fc.nat({ max: 20 }), { minLength: 2, maxLength: 4 }),
      delays: fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 20 }),
      skews: fc.array(fc.integer({ min: -30_000, max: 30_000 }), { minLength: 4, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(schedule, async ({ starts, delays, skews }) => {
        const names = starts.map((_, i) => `n${i}`);
        let next = 0;
        const { clock, held, node } = cluster(
          names,
          () => delays[next++ % delays.length]!,
          (name) => skews[names.indexOf(name)]!,
        );
        const winners: string[] = [];
        names.forEach((name, i) => {
          clock.setTimeout(() => {
            void node(name)
              .claim('x')
              .then((holder) => {
                if (holder !== undefined) return;
                winners.push(name);
                held.get(name)!.add('x');
              });
          }, starts[i]!);
        });
        await pass(clock, 150);
        expect(winners).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });
});
