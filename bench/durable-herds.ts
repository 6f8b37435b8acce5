import type { Benchmark } from './kit/benchmark.ts';
import type { Herd, HerdWorker } from './workers/durable-herd.ts';

const FLAGS = ['--expose-gc'];
/** A million actors take minutes to bring into being: choose the number with BENCH_ACTORS. */
const ACTORS = Number(process.env['BENCH_ACTORS'] ?? 20_000);
const TIMERS = Math.ceil(ACTORS / 10);
/** The parent gives a call two minutes. */
const PART = 10_000;

export const herds: Benchmark = {
  name: 'herds',
  summary: 'virtual actors that are not in memory: heap, pending timers, takeover from a node that dies',
  async run(lab) {
    const place = { url: await lab.jetstream(), name: `herds-${process.pid}` };
    const stays = lab.start<HerdWorker>('durable-herd', FLAGS);
    const dies = lab.start<HerdWorker>('durable-herd', FLAGS);
    await stays.open(place);
    const load = async (herd: Herd): Promise<void> => stays.load(herd);
    await load({ from: 0, to: PART, timers: 0 });
    const before = await stays.heap();
    const began = performance.now();
    for (let from = PART; from < PART + ACTORS; from += PART) {
      await load({ from, to: Math.min(from + PART, PART + ACTORS), timers: PART + TIMERS });
      lab.note(`herds: ${from} of ${ACTORS}`);
    }
    const seconds = (performance.now() - began) / 1_000;
    const timed = await stays.heap();
    await dies.open(place);
    const heapOfOther = await dies.heap();
    await lab.kill(dies);
    const taken = await stays.answering({ from: 0, to: PART + ACTORS, timers: 0 });
    const growth = timed - before;
    return {
      settings: { actors: ACTORS, 'of these with a timer': TIMERS, 'idle, ms': 500, store: 'JetStream' },
      readings: [
        { contender: 'brought into being and passivated', unit: 'actors/s', rounds: [ACTORS / seconds] },
        { contender: 'heap for each actor with a timer', unit: 'bytes', rounds: [growth / TIMERS] },
        { contender: 'heap of a node that joined', unit: 'MB', rounds: [heapOfOther / 2 ** 20] },
      ],
      checks: [
        {
          what: 'heap growth for each passivated actor, timers included',
          unit: 'bytes',
          bound: 'at most',
          target: 100,
          rounds: [growth / ACTORS],
        },
        {
          what: 'after a node was killed, until 2,000 actors of all shards have answered',
          unit: 'ms',
          bound: 'at most',
          target: 10_000,
          rounds: [taken],
        },
      ],
    };
  },
};
