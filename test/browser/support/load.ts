import { setTimeout as sleep } from 'node:timers/promises';
import { createSystem, silentLogger } from 'troupe';
import { nats } from 'troupe/nats';
import { counter } from '../../support/actors.ts';

/**
 * A process with very many actors and messages, for the tests of the inspector's speed: `load.ts URL ACTORS MESSAGES_A_SECOND`. It says "ready", and
 * each second how many messages its actors have handled.
 */
const [url = '', actors = '0', rate = '0'] = process.argv.slice(2);
const TICK = 10;
/** Messages in one turn, at most. */
const RATE_MOST = 2_000;

const system = await createSystem({ node: 'load', transport: nats({ servers: url }), log: silentLogger });
const refs = [];
for (let at = 0; at < Number(actors); at += 1)
  refs.push(await system.spawn(counter, { id: `counter/${String(at).padStart(5, '0')}` }));
process.stdout.write('ready\n');

const began = performance.now();
let [said, saidAt, spoken] = [0, began, 0];
for (let next = 0; ;) {
  // What could not be done in time is not made up for: a second of more would measure something else.
  const due = Math.min(RATE_MOST, ((performance.now() - saidAt) * Number(rate)) / 1_000 - said);
  for (let left = due; left >= 1; left -= 1, said += 1) {
    refs[next]!.send({ type: 'ADD', by: 1 });
    next = (next + 7) % refs.length;
  }
  if (performance.now() - began > (spoken + 1) * 1_000) {
    process.stdout.write(`handled ${Math.round((said * 1_000) / (performance.now() - saidAt))}\n`);
    [said, saidAt, spoken] = [0, performance.now(), spoken + 1];
  }
  await sleep(TICK);
}
