import { expect } from 'vitest';
import type { Limits } from 'troupe';
import { audit, isQuiet, type Wanted } from './audit.ts';
import { hostAll } from './host-all.ts';
import type { Cut } from './knife.ts';
import { limits, survive, type Survivor } from './survivor.ts';
import type { Reserve, Victim, Wound } from './victims.ts';

/**
 * Where actors live when the scenario begins, and what moves them:
 * - `alone`: all on the victim;
 * - `split`: on both;
 * - `join`: all on the victim; the survivor hosts from when the first order is placed;
 * - `arrive`: all on the survivor; the victim hosts from when the first order is placed;
 * - `leave`: on both, until the victim is told to stop when the first order is placed.
 *
 * When the victim is gone, the survivor hosts in any case.
 */
export type Layout = 'alone' | 'split' | 'join' | 'arrive' | 'leave';

export type Orders = Readonly<Record<string, Wanted>>;

export interface Plan {
  readonly url: string;
  readonly layout: Layout;
  readonly wanted: Orders;
  readonly cut: Cut;
  /** Names the nodes, and so says which has which actors. */
  readonly seed: number;
  readonly limits?: Partial<Limits>;
}

export interface Outcome {
  /** Undefined: the victim lived on. */
  readonly wound: Wound | undefined;
  /** From the cut until all was at rest, ms. */
  readonly recovery: number;
}

let systems = 0;

/** Of a system nobody else is in. */
export const nameOf = (what: string): string => `crash-${what}-${process.pid}-${++systems}`;

/** Does the survivor host from the start? */
const isShared = (layout: Layout): boolean => layout === 'split' || layout === 'leave' || layout === 'arrive';

/** The node that is to be cut: started, a member, hosting if its layout says so, and counting its cut points. */
export async function join(reserve: Reserve, survivor: Survivor, plan: Plan): Promise<Victim> {
  const { url, seed, cut, layout } = plan;
  const { system } = survivor;
  const victim = reserve.take();
  const chosen = plan.limits ?? limits;
  await victim.start({ url, system: system.name, node: 'victim', seed: seed + 1, limits: chosen, cut });
  if (layout !== 'arrive') await victim.tell({ do: 'host' });
  if (isShared(layout)) await hostAll(system);
  const isHosting = (): boolean => system.members().some(({ hosts }) => hosts.length > 0);
  if (layout !== 'arrive') await expect.poll(isHosting, { interval: 5, timeout: 5_000 }).toBe(true);
  await victim.tell({ do: 'arm' });
  return victim;
}

/** Place all orders; what else is to be done is done when the first was taken. */
export async function place({ insist }: Survivor, wanted: Orders, meanwhile?: () => void): Promise<void> {
  const orders = Object.entries(wanted).map(async ([id, { sku, account, quantity, price }], n) => {
    await insist(`order/${id}`, { type: 'PLACE', sku, account, quantity, price } as never, `place ${id}`);
    if (n === 0) meanwhile?.();
  });
  await Promise.all(orders);
}

/** One run: the scenario, cut at a point, and what became of it. */
export async function crash(reserve: Reserve, plan: Plan): Promise<Outcome> {
  const { url, layout, wanted, cut, seed } = plan;
  await using survivor = await survive(url, nameOf(layout), seed, plan.limits);
  await using victim = await join(reserve, survivor, plan);
  const began = performance.now();
  let hosting = isShared(layout) ? Promise.resolve() : undefined;
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
  const { wound } = victim;
  audit(books, wanted, survivor.written, `${where}: ${wound?.label ?? 'not reached'}`);
  return { wound, recovery: rest - (wound?.at ?? began) };
}
