import { connect, type JetStreamClient } from 'nats';
import { jetstream } from 'troupe/nats';
import { answer } from './answer.ts';
import { DurableCounters } from './durable-steps.ts';
import type { JetStreamWorker } from './durable.ts';
import { runLanes } from './lanes.ts';

/** Systems that share a server share no streams. */
const NAME = `bench-${process.pid}`;
const STREAM = `TROUPE_${NAME}`;

let counters: DurableCounters;
let client: JetStreamClient;

/** A commit as it is stored. */
async function commitBytes(): Promise<Uint8Array> {
  const manager = await client.jetstreamManager();
  return (await manager.streams.getMessage(STREAM, { last_by_subj: `${NAME}.a.counter.0` })).data;
}

answer<JetStreamWorker>({
  async open({ url }) {
    counters = await DurableCounters.open(jetstream({ servers: url }), NAME);
    client = (await connect({ servers: url })).jetstream();
    const manager = await client.jetstreamManager();
    const { config } = await manager.streams.info(STREAM);
    await manager.streams.add({ ...config, name: `PLAIN_${NAME}`, subjects: [`plain.${NAME}.>`] });
  },
  steps: async (load) => counters.steps(load),
  activate: async (load) => counters.activate(load),
  async publish({ window, seconds }) {
    const bytes = await commitBytes();
    return runLanes(window, seconds, async (lane) => client.publish(`plain.${NAME}.counter.${lane}`, bytes));
  },
});
