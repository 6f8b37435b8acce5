import { expect } from 'vitest';
import { audit, isQuiet, type Wanted } from './audit.ts';
import type { Cut } from './knife.ts';
import { limits, survive, type Survivor } from './survivor.ts';
import { hostAll } from './host-all.ts';
import type { Reserve, Victim, Wound } from './victims.ts';

/**
 * Where actors live when the scenario begins, and what moves them:
 * - `alone`: all on the victim; the survivor hosts when the victim is gone;
 * - `split`: on both;
 * - `join`: all on the victim; the survivor hosts from when the first order is placed;
 * - `arrive`: all on the survivor; the victim hosts from when the first order is placed;
 * - `leave`: on both, until the victim is told to stop when the first order is placed.
 */
export type Layout = 'alone' | 'split' | 'join' | 'arrive' | 'leave';

export interface Plan {
  readonly url: string;
  readonly layout: Layout;
  readonly wanted: Readonly<Record<string, Wanted>>;
  readonly cut: Cut;
  readonly seed: number;
}

export interface Outcome {
  /** Undefined: the victim lived on. */
  readonly wound: Wound | undefined;
  /** From the cut until all was at rest, ms. */
  readonly recovery: number;
  readonly writings: number;
}

let systems = 0;

export const nameOf = (layout: string): string => `crash-${layout}-${process.pid}-${++systems}`;

/** Does the survivor host from the start? */
const isShared = (layout: Layout): boolean => layout === 'split' || layout === 'leave' || layout === 'arrive';

/** The node that the test kills or stops: started, a member, hosting if its layout says so, and counting. */
export async function join(
  reserve: Reserve,
  survivor: Survivor,
  { url, seed, cut, layout }: Pick<Plan, 'url' | 'seed' | 'cut'> & { readonly layout: Layout },
): Promise<Victim> {
  const victim = reserve.take();
  const { name } = survivor.system;
  await victim.start({ url, system: name, node: 'victim', seed: seed + 1, limits, cut });
  if (layout !== 'arrive') await victim.tell({ do: 'host' });
  if (isShared(layout)) await hostAll(survivor.system);
  const isHosting = (): boolean => survivor.system.members().some(({ hosts }) => hosts.length > 0);
  if (layout !== 'arrive') await expect.poll(isHosting, { interval: 5, timeout: 5_000 }).toBe(true);
  await victim.tell({ do: 'arm' });
  return victim;
}

/** Place all orders; what the layout does in between is done when the first was taken. */
async function place({ insist }: Survivor, wanted: Plan['wanted'], meanwhile: () => void): Promise<void> {
  const orders = Object.entries(wanted).map(async ([id, { sku, account, quantity, price }], n) => {
    await insist(`order/${id}`, { type: 'PLACE', sku, account, quantity, price } as never, `place ${id}`);
    if (n === 0) meanwhile();
  });
  await Promise.all(orders);
}

/** One run: the scenario, cut at a point, and what became of it. */
export async function crash(reserve: Reserve, plan: Plan): Promise<Outcome> {
  const { url, layout, wanted, cut, seed } = plan;
  await using survivor = await survive(url, nameOf(layout), { seed });
  await using victim = await join(reserve, survivor, plan);
  const began = performance.now();
  const cutAt = victim.wound.then((wound) => ({ wound, at: performance.now() }));
  let hosting: Promise<void> | undefined = isShared(layout) ? Promise.resolve() : undefined;
  const takeOver = async (): Promise<void> => (hosting ??= hostAll(survivor.system));
  const takenOver = victim.gone.then(takeOver);
  const meanwhile = (): void => {
    if (layout === 'join') void takeOver();
    // It may be cut before it has done so.
    if (layout === 'arrive') victim.tell({ do: 'host' }).catch(() => undefined);
    if (layout === 'leave') victim.tell({ do: 'stop' }).catch(() => undefined);
  };
  await place(survivor, wanted, meanwhile);
  const where = `seed ${seed}, ${layout}, ${cut.how} at ${cut.at}`;
  const books = await survivor.until((each) => isQuiet(each, wanted), where);
  const rest = performance.now();
  await victim.signal('SIGKILL');
  await takenOver;
  const { wound, at } = await cutAt;
  const { written } = survivor;
  audit(books, wanted, written, `${where}: ${wound?.label ?? 'not reached'}`);
  return { wound, recovery: rest - (wound === undefined ? began : at), writings: written.length };
}
