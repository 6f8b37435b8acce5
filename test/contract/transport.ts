import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger, systemClock } from '../../src/ports.ts';
import type { Link, Transport } from '../../src/transport/transport.ts';
import { collect } from '../support/collect.ts';

/** Something that can be connected to any number of times; every link reaches every other. */
export interface Network extends AsyncDisposable {
  transport(): Transport;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytes = (of: string): Uint8Array => Buffer.from(of, 'latin1');

const connect = async (network: Network): Promise<Link> =>
  network.transport().connect({
    name: 'contract',
    clock: systemClock,
    log: silentLogger,
    timeout: 5_000,
    onStatus: () => undefined,
    onClosed: () => undefined,
  });

/** What every transport promises (src/transport/transport.ts). */
export function transportContract(name: string, make: () => Promise<Network>): void {
  describe(`transport contract: ${name}`, () => {
    let network: Network;
    let links: Link[];
    let subject = '';
    let number = 0;
    beforeAll(async () => {
      network = await make();
      links = [await connect(network), await connect(network), await connect(network)];
    });
    afterAll(async () => {
      await Promise.all(links.map(async (link) => link.close()));
      await network[Symbol.asyncDispose]();
    });

    /** A subject of the test's own, with `link` listening; resolves when the subscription is surely in force. */
    const listen = async (link: Link, pattern: string, group?: string) => {
      const heard = collect<string>();
      const stop = link.subscribe(pattern, (data, on) => heard.add(`${on} ${text(data)}`), group);
      const ready = collect<string>();
      const ping = link.subscribe(`ready.${++number}`, () => ready.add('ready'));
      link.publish(`ready.${number}`, bytes(''));
      await ready.atLeast(1);
      ping();
      return { heard, stop };
    };
    const fresh = (): string => (subject = `t.${++number}`);

    it('L1 keeps the order of one publisher, over 5000 messages and two subjects', async () => {
      const { heard } = await listen(links[1]!, `${fresh()}.>`);
      for (let i = 0; i < 5_000; i++) links[0]!.publish(`${subject}.${i % 2}`, bytes(`${i}`));
      const got = await heard.atLeast(5_000);
      expect(got).toEqual(Array.from({ length: 5_000 }, (_, i) => `${subject}.${i % 2} ${i}`));
    });

    it('L2 does not throw and sends nothing when it is not connected', async () => {
      const { heard } = await listen(links[1]!, fresh());
      const gone = await connect(network);
      expect(gone.connected).toBe(true);
      await gone.close();
      expect(gone.connected).toBe(false);
      expect(() => gone.publish(subject, bytes('lost'))).not.toThrow();
      expect(() => gone.publish(subject, bytes('lost'), () => undefined)).not.toThrow();
      links[0]!.publish(subject, bytes('after'));
      expect(await heard.atLeast(1)).toEqual([`${subject} after`]);
    });

    it('L3 delivers bytes whole and unchanged, up to the largest message', async () => {
      const received = collect<Uint8Array>();
      links[1]!.subscribe(fresh(), (data) => received.add(data.slice()));
      await listen(links[1]!, 'other');
      const small = Uint8Array.from({ length: 256 }, (_, i) => i);
      const large = new Uint8Array(links[0]!.maxPayload).fill(0xc1);
      links[0]!.publish(subject, small);
      links[0]!.publish(subject, large);
      links[0]!.publish(subject, new Uint8Array(0));
      const [first, second, third] = await received.atLeast(3);
      expect(Buffer.compare(first!, small)).toBe(0);
      expect(Buffer.compare(second!, large)).toBe(0);
      expect(third).toHaveLength(0);
    });

    it('L4 tells when nobody listens, and not when somebody does', async () => {
      const unheard = collect<string>();
      const notice = (): void => unheard.add('nobody');
      links[0]!.publish(fresh(), bytes('x'), notice);
      await unheard.atLeast(1);
      const { heard, stop } = await listen(links[1]!, subject);
      links[0]!.publish(subject, bytes('x'), notice);
      await heard.atLeast(1);
      expect(unheard.items).toHaveLength(1);
      stop();
      await listen(links[1]!, 'other');
      links[0]!.publish(subject, bytes('x'), notice);
      await unheard.atLeast(2);
    });

    it('L4 keeps the callbacks of several subjects apart', async () => {
      const unheard = collect<string>();
      const subjects = Array.from({ length: 20 }, () => fresh());
      for (const each of subjects) links[0]!.publish(each, bytes('x'), () => unheard.add(each));
      expect(await unheard.atLeast(20)).toEqual(subjects);
    });

    it('L5 gives each message to one of a group, and to everyone without a group', async () => {
      const [one, two] = [await listen(links[1]!, fresh(), 'g'), await listen(links[2]!, subject, 'g')];
      const everyone = await listen(links[2]!, subject);
      for (let i = 0; i < 200; i++) links[0]!.publish(subject, bytes(`${i}`));
      await everyone.heard.atLeast(200);
      await expect.poll(() => one.heard.items.length + two.heard.items.length).toBe(200);
      expect(new Set([...one.heard.items, ...two.heard.items])).toHaveLength(200);
      expect(one.heard.items.length).toBeGreaterThan(20);
      expect(two.heard.items.length).toBeGreaterThan(20);
    });

    it('matches subjects by NATS’s wildcards', async () => {
      const root = fresh();
      const star = await listen(links[1]!, `${root}.*`);
      const rest = await listen(links[1]!, `${root}.>`);
      for (const tail of ['', '.a', '.a.b']) links[0]!.publish(`${root}${tail}`, bytes('x'));
      expect(await rest.heard.atLeast(2)).toEqual([`${root}.a x`, `${root}.a.b x`]);
      expect(star.heard.items).toEqual([`${root}.a x`]);
    });

    it('delivers nothing after unsubscribe and nothing after close', async () => {
      const { heard, stop } = await listen(links[1]!, fresh());
      const closing = await connect(network);
      const late = await listen(closing, subject);
      stop();
      await closing.close();
      const witness = await listen(links[1]!, subject);
      links[0]!.publish(subject, bytes('late'));
      await witness.heard.atLeast(1);
      expect([...heard.items, ...late.heard.items]).toEqual([]);
    });

    it('tells once that it closed, and closing twice is closing once', async () => {
      const closed = collect<Error | undefined>();
      const link = await network.transport().connect({
        name: 'contract',
        clock: systemClock,
        log: silentLogger,
        timeout: 5_000,
        onStatus: () => undefined,
        onClosed: (error) => closed.add(error),
      });
      await Promise.all([link.close(), link.close()]);
      await closed.atLeast(1);
      await link.close();
      expect(closed.items).toEqual([undefined]);
    });
  });
}
