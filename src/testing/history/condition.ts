import type { Operation } from './operation.ts';
import { RealTime, type Frontier } from './order.ts';
import { ProgramOrder } from './program-order.ts';

/** What an order of all operations has to keep. As reports name it. */
export type Condition = 'linearizable' | 'sequentially consistent';

/** @param operations sorted by call */
export const frontierOf = (condition: Condition, operations: readonly Operation[]): Frontier =>
  condition === 'linearizable' ? new RealTime(operations) : new ProgramOrder(operations);
