import { describe, expect, it } from 'vitest';
import { silentLogger, TroupeError } from '../../src/index.ts';
import { Nodes } from '../../src/inspector/source/live-nodes.ts';
import type { Inspectable } from '../../src/monitoring/inspectable.ts';
import { virtualClock } from '../support/virtual-clock.ts';

/** What an inspector knows of a node `far`, which answers as `ask` does. */
function known(ask: Inspectable['ask']) {
  const clock = virtualClock();
  clock.advance(60_000);
  const state = { isConnected: true, lastSeen: clock.now() };
  const here: Inspectable = {
    ...{ node: 'near', clock, log: silentLogger, ask },
    onlyLooks: () => true,
    queues: () => undefined,
    isConnected: () => state.isConnected,
    spawnHidden: () => ({ address: '$inspector@near', stop: () => undefined }),
    tell: () => undefined,
  };
  const far = () => ({ node: 'far', services: {}, hosts: [], lastSeen: state.lastSeen });
  return { clock, state, nodes: new Nodes(here, () => [far()], 1_000) };
}

const asked = async (error: TroupeError): Promise<unknown> => {
  const { nodes } = known(async () => Promise.reject(error));
  const failure = await nodes.ask('far', { type: 'hello' }).catch((failed: unknown) => failed);
  nodes.close();
  const { code, message } = failure as TroupeError;
  return [code, message];
};

describe('the nodes of a system that is looked at', () => {
  it('are spoken of by their names, not by how they are asked', async () => {
    const lost = '"detail" to "$monitor@far" was lost (node-down); whether it took effect is unknown.';
    expect(await asked(new TroupeError('NODE_DOWN', lost))).toEqual(['NODE_DOWN', 'The node "far" is down.']);
    const late = '"$monitor@far" did not answer "detail" within 1000 ms; whether it took effect is unknown.';
    expect(await asked(new TroupeError('TIMEOUT', late))).toEqual([
      'TIMEOUT',
      'The node "far" does not answer.',
    ]);
    const own = 'There is no actor "a" in the memory of this node.';
    expect(await asked(new TroupeError('NO_SUCH_ACTOR', own))).toEqual(['NO_SUCH_ACTOR', own]);
  });

  it('are silent when nothing was heard of them for a while, and not asked while they cannot be reached', async () => {
    let asks = 0;
    const { clock, state, nodes } = known(async () => {
      asks += 1;
      return { type: 'hello' };
    });
    const silent = () =>
      nodes
        .all()
        .filter((each) => nodes.isSilent(each))
        .map(({ node }) => node);
    expect(silent()).toEqual([]);
    const cut = clock.now() + 500;
    state.isConnected = false;
    clock.advance(3_000);
    expect(silent()).toEqual(['far']);
    expect(nodes.cutSince).toBe(cut);
    await expect(nodes.ask('far', { type: 'hello' })).rejects.toMatchObject({ code: 'DISCONNECTED' });
    expect(asks).toBe(0);
    state.isConnected = true;
    state.lastSeen = clock.now();
    expect(silent()).toEqual([]);
    expect(nodes.cutSince).toBeUndefined();
    nodes.close();
  });
});
