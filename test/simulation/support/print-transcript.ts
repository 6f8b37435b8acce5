import { simulate } from '../../../src/testing/simulate/simulate.ts';
import { everything } from './everything.ts';

const faults = { lose: 3, duplicate: 3, crash: 2, partition: 2, corrupt: 2, forge: 1 };
simulate(everything('ordered', faults), {
  seed: Number(process.argv[2]),
  runs: 20,
  steps: 200,
  transcript: (line) => process.stdout.write(`${line}\n`),
});
