import type { Logic } from '../../actor/logic.ts';
import type { Supervision } from '../../actor/supervision.ts';
import type { Identity } from './log.ts';
import type { Position } from '../store.ts';

/** What a durable actor is made of. */
export interface CellSpec extends Identity {
  readonly id: string;
  readonly logic: Logic;
  readonly input: unknown;
  readonly supervision: Supervision;
  /** Of a virtual actor; one that was spawned is woken by whoever spawns it again. */
  readonly shard: number | undefined;
  /** Position of a wake that was found for it. */
  readonly wake?: Position | undefined;
}
