/**
 * The order saga killed with SIGKILL at every point at which something leaves its process, one run each, and carried on by another node:
 * `npx tsx examples/crash-recovery/main.ts`. Ends with 1 if anything is lost, or done twice.
 */
import { natsServer } from '../order-processing/cluster/server.ts';
import type { Scenario } from './audit.ts';
import { Victim } from './process.ts';
import { run, type Outcome } from './run.ts';
import { rowOf, summary, title } from './table.ts';

const scenarios: readonly Scenario[] = [
  { name: 'an order that ann can pay', purchase: { pounds: 3, crowns: 30 }, end: 'completed' },
  { name: 'an order that she cannot', purchase: { pounds: 3, crowns: 300 }, end: 'compensated' },
];

/** Runs at a time. */
const WIDTH = 3;

/** A run that is not killed shows the points; then one run is killed at each of them, and at those that show only in these runs. */
async function enumerate(url: string, scenario: Scenario): Promise<readonly Outcome[]> {
  const points: string[] = [];
  const outcomes: Outcome[] = [];
  let reserve = new Victim();
  const once = async (number: number, cut: string | undefined): Promise<Outcome> => {
    await using victim = reserve;
    reserve = new Victim();
    const system = `crash-${process.pid}-${scenario.end}-${number}`;
    const outcome = await run(victim, { url, system, cut, scenario });
    for (const point of outcome.points) if (!points.includes(point)) points.push(point);
    outcomes.push(outcome);
    return outcome;
  };
  let next = 0;
  const work = async (): Promise<void> => {
    for (let cut = points[next++]; cut !== undefined; cut = points[next++]) {
      const number = points.indexOf(cut) + 1;
      console.log(rowOf(number, cut, await once(number, cut)));
    }
  };
  await once(0, undefined);
  await Promise.all(Array.from({ length: WIDTH }, work));
  await reserve[Symbol.asyncDispose]();
  return outcomes;
}

const server = await natsServer();
try {
  const began = performance.now();
  const all: Outcome[] = [];
  for (const scenario of scenarios) {
    console.log(title(scenario.name));
    all.push(...(await enumerate(server.url, scenario)));
  }
  console.log(summary(all, performance.now() - began));
  if (all.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
} finally {
  await server.stop();
}
