/** A dependency falls over. The breaker opens and spares it, tries again after a while, and closes when it has recovered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { circuitBreaker, createSystem, isTroupeError, withBreaker } from 'troupe';
import type { BreakerEmitted } from 'troupe/machines';

await using system = await createSystem({ name: 'shop' });

// The breaker is an actor: every process that calls this address shares its one state. (Names as in resilience4j.)
const breaker = await system.spawn(circuitBreaker, {
  id: 'breakers/bank',
  input: {
    name: 'bank',
    slidingWindowSize: 6,
    minimumNumberOfCalls: 4,
    failureRateThreshold: 50,
    waitDurationInOpenState: 500,
    permittedNumberOfCallsInHalfOpenState: 2,
  },
});

system.subscribe<BreakerEmitted>('breaker.*', ({ type, name, metrics }) => {
  console.log(`  * ${name}: ${type}, ${metrics.failureRate} % of ${metrics.bufferedCalls} calls had failed`);
});

let healthy = true;
let reached = 0;
const bank = async (amount: number): Promise<string> => {
  reached++;
  if (!healthy) throw new Error('the bank does not answer');
  return `paid ${amount}`;
};

const guarded = withBreaker(breaker);

async function pay(amount: number): Promise<void> {
  await sleep(10);
  try {
    console.log(await guarded(() => bank(amount)));
  } catch (error) {
    const refused = isTroupeError(error) && error.code === 'CIRCUIT_OPEN';
    console.log(refused ? `not even tried (${error.code})` : `failed: ${(error as Error).message}`);
  }
}

for (let i = 1; i <= 3; i++) await pay(i);

console.log('the bank goes down');
healthy = false;
for (let i = 4; i <= 9; i++) await pay(i);

console.log('the bank comes back');
healthy = true;
await breaker.waitFor((view) => view.matches('halfOpen'));
for (let i = 10; i <= 12; i++) await pay(i);

const { value } = await breaker.waitFor((view) => view.matches('closed'), { timeout: 1_000 });
console.log(`12 calls, of which ${reached} reached the bank; the breaker is ${value}`);
