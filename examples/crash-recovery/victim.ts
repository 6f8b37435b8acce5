/** A node of the shop in a process of its own, which kills itself at the point it is told. */
import { createSystem, silentLogger } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import { cutStore, cutTransport, Knife } from './knife.ts';
import { limits } from './limits.ts';
import { openShop } from './shop.ts';
import type { FromVictim, Start, ToVictim } from './words.ts';

const say = (message: FromVictim): void => void process.send?.(message);

/** Parcels whose receipt is waited for, by key. */
const posting = new Map<string, () => void>();

const post = async (key: string, order: string): Promise<void> =>
  new Promise((resolve) => {
    posting.set(key, resolve);
    say({ type: 'post', key, order });
  });

async function start({ url: servers, system: name, cut }: Start): Promise<void> {
  const knife = new Knife(cut, (point) => say({ type: 'point', point }));
  const system = await createSystem({
    name,
    limits,
    node: 'victim',
    log: silentLogger,
    transport: cutTransport(nats({ servers }), knife),
    store: cutStore(jetstream({ servers }), knife),
  });
  await openShop(system, async (key, order) => {
    knife.pass('before the parcel is posted');
    await post(key, order);
    knife.pass('after the parcel is posted');
  });
  knife.arm();
  say({ type: 'ready' });
}

process.on('message', (message: ToVictim) => {
  if (message.type === 'start') void start(message);
  else posting.get(message.key)?.();
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
say({ type: 'waiting' });
