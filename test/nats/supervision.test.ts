import { describe, expect, it } from 'vitest';
import type { counter } from '../support/actors.ts';
import { collect } from '../support/collect.ts';
import { natsServer } from '../support/server.ts';
import { join } from './support/join.ts';
import { startPeer } from './support/peer.ts';

describe('an actor of another process fails', () => {
  it('A2 A3: its asker is told why, it begins anew, and when its budget is spent its watcher is told', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    await peer.spawn('counter', 'counter', { maxRestarts: 2, within: 60_000 });
    const ref = here.ref<typeof counter>('counter');
    const endings = collect<unknown>();
    ref.watch(({ reason, error }) => endings.add([reason, (error as Error).message]));
    const codes: string[] = [];
    for (let round = 0; round < 3; round++) {
      if (round < 2) {
        ref.send({ type: 'ADD', by: 1 });
        expect(await ref.ask({ type: 'GET' }), `round ${round}`).toMatchObject({ n: 1 });
      }
      await ref.ask({ type: 'FAIL' }).catch((error: unknown) => codes.push((error as { code: string }).code));
    }
    expect(codes).toEqual(['ACTOR_FAILED', 'ACTOR_FAILED', 'ACTOR_FAILED']);
    expect(await endings.atLeast(1)).toEqual([['failed', 'told to fail']]);
    await expect(ref.ask({ type: 'GET' })).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
    expect((await peer.stats()).actors).toBe(0);
  });

  it('A3: an orderly end of its process is told as such, before the process is gone', async () => {
    await using server = await natsServer({ jetstream: false });
    await using peer = await startPeer(server.url, 'far');
    await using here = await join(server.url, 'near');
    await peer.spawn('counter', 'counter');
    const endings = collect<string>();
    here.watch('counter', ({ reason }) => endings.add(reason));
    await here.ref('counter').snapshot();
    await peer.stop();
    expect(await endings.atLeast(1)).toEqual(['stopped']);
    expect(here.members()).toEqual([]);
  });
});
