import { file } from 'troupe/file';
import { answer } from './answer.ts';
import { DurableCounters } from './durable-steps.ts';
import type { DurableWorker } from './durable.ts';

let counters: DurableCounters;

answer<DurableWorker>({
  async open({ folder }) {
    counters = await DurableCounters.open(file(folder));
  },
  steps: async (load) => counters.steps(load),
  activate: async (load) => counters.activate(load),
});
