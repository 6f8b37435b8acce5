import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fromTransition } from 'xstate';
import { Registry } from '../../src/actor/registry.ts';
import { createSystem, silentLogger } from '../../src/index.ts';
import { Fresh } from '../../src/monitoring/fresh.ts';
import { inspectableOf } from '../../src/monitoring/inspectable.ts';
import { monitorOf, type Request } from '../../src/monitoring/monitor-protocol.ts';
import { Tap } from '../../src/monitoring/tap.ts';

describe('an answer about all actors', () => {
  it('is worked out once for a quarter of a second, where there are many', () => {
    let [now, actors, count] = [0, 20_000, 0];
    const fresh = new Fresh<number>(
      () => now,
      () => actors,
    );
    const ask = (question = 'a'): number => fresh.answer(question, () => (count += 1));
    expect([ask(), ask(), ask('b'), ask('b')]).toEqual([1, 1, 2, 2]);
    now += 250;
    expect(ask('b')).toBe(3);
    now += 250;
    actors = 2_000;
    expect([ask('b'), ask('b')]).toEqual([4, 5]);
  });
});

describe('a monitor', () => {
  it('looks once at all actors for all who want something else at the same time', async () => {
    const system = await createSystem({ name: 'crowd', log: silentLogger });
    onTestFinished(() => system.stop());
    const here = inspectableOf(system)!;
    const renew = async (actor: string): Promise<unknown> => {
      const told = { to: `$inspector-x@${system.node}`, interest: { actors: [actor] }, credit: 0 };
      const request: Request = { type: 'lease', id: 'x', ...told };
      return here.ask(monitorOf(system.node), request, 5_000);
    };
    await renew('first');
    const refocus = vi.spyOn(Tap.prototype, 'refocus');
    onTestFinished(() => refocus.mockRestore());
    const answers = await Promise.all(Array.from({ length: 100 }, async (_, at) => renew(`a${at}`)));
    expect(answers).toHaveLength(100);
    expect(refocus.mock.calls.length).toBeLessThan(10);
  });

  it('answers all who ask the same at the same time at once, where there are many actors', async () => {
    const system = await createSystem({ name: 'crowd', log: silentLogger });
    onTestFinished(() => system.stop());
    const here = inspectableOf(system)!;
    const extra = fromTransition((state: number) => state, 0);
    await Promise.all(Array.from({ length: 2_001 }, async (_, at) => system.spawn(extra, { id: `e${at}` })));
    const ask = async (request: Request): Promise<unknown> =>
      here.ask(monitorOf(system.node), request, 5_000);
    const list = (id: string): Request => ({ type: 'list', query: { id }, from: 0, limit: 1 });
    await ask({ type: 'hello' });
    const walked = vi.spyOn(Registry.prototype, 'all');
    onTestFinished(() => walked.mockRestore());
    const asked = Array.from({ length: 50 }, () => [ask(list('nobody')), ask({ type: 'hello' })]);
    expect(await Promise.all(asked.flat())).toHaveLength(100);
    expect(walked.mock.calls.length).toBeLessThan(10);
  });
});
