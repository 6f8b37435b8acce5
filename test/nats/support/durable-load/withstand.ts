import { atRest, audit } from './audit.ts';
import type { Crew } from './crew.ts';
import type { Driver } from './driver.ts';
import { place, type Orders, type Placing } from './orders.ts';
import { reportOf } from './report.ts';

export interface Siege {
  /** What is done to the shop; for the report. */
  readonly what: string;
  readonly driver: Driver;
  readonly crew: Crew;
  readonly orders: Orders;
  /** Orders being placed at a time, count. */
  readonly atATime: number;
  /** Time to come to rest when all are placed, ms. */
  readonly patience: number;
}

/**
 * Place orders while something happens to a shop, and look whether all is as it should be when it has come to rest.
 * @param strike does it, and says how often
 */
export async function withstand(
  { what, driver, crew, orders, atATime, patience }: Siege,
  strike: (placing: Placing) => Promise<number>,
): Promise<void> {
  const began = performance.now();
  const placing = place(driver, orders, atATime);
  const times = await strike(placing);
  await placing.done;
  const placed = performance.now() - began;
  const ends = audit(await atRest(driver.journal, orders, patience), orders);
  console.log(`${what}, ${times} times`, reportOf({ driver, crew, placing, placed, ends }));
}
