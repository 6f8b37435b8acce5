import { audit, isQuiet } from './audit.ts';
import { hostAll } from './host-all.ts';
import { join, nameOf, place, type Outcome, type Plan } from './run.ts';
import { limits, survive } from './survivor.ts';
import type { Reserve } from './victims.ts';

/** As `crash`, all on the victim; the process that takes over is cut as well, at its own point, and the survivor takes over from that one. */
export async function crashTwice(
  reserve: Reserve,
  plan: Omit<Plan, 'layout'>,
  second: number,
): Promise<Outcome> {
  const { url, wanted, cut, seed } = plan;
  await using survivor = await survive(url, nameOf('twice'), seed);
  const { system } = survivor;
  await using victim = await join(reserve, survivor, { ...plan, layout: 'alone' });
  await using successor = reserve.take();
  const again = { ...cut, at: second };
  await successor.start({ url, system: system.name, node: 'successor', seed: seed + 2, limits, cut: again });
  await successor.tell({ do: 'arm' });
  // It may be cut before it has done so.
  const follow = victim.gone.then(async () => successor.tell({ do: 'host' }).catch(() => undefined));
  const takenOver = successor.gone.then(async () => hostAll(system));
  const began = performance.now();
  await place(survivor, wanted);
  const where = `seed ${seed}, ${cut.how} at ${cut.at}, then at ${second}`;
  const books = await survivor.until((each) => isQuiet(each, wanted), where);
  const rest = performance.now();
  await successor.signal('SIGKILL');
  await takenOver;
  await victim.signal('SIGKILL');
  await follow;
  const wounds = [victim.wound, successor.wound].filter((wound) => wound !== undefined);
  audit(books, wanted, survivor.written, [where, ...wounds.map(({ label }) => label)].join(', '));
  const wound = wounds.at(-1);
  return { wound, recovery: rest - (wound?.at ?? began) };
}
