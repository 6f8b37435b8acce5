import { memory } from 'troupe';
import { answer } from './answer.ts';
import { DurableCounters } from './durable-steps.ts';
import type { DurableWorker } from './durable.ts';

let counters: DurableCounters;

answer<DurableWorker>({
  async open() {
    counters = await DurableCounters.open(memory());
  },
  steps: async (load) => counters.steps(load),
  activate: async (load) => counters.activate(load),
});
