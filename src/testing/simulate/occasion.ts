import type { Path } from '../../kernel/effect.ts';
import type { AnySnapshot, Timer } from '../../kernel/state.ts';
import type { Flow } from './queues.ts';
import type { Letter } from './pool.ts';
import type { Player } from './player.ts';

/** What is due at some time. `life`: of which life of the actor it is; a crash begins another. */
export type Occasion =
  | { readonly kind: 'head'; readonly flow: Flow }
  | { readonly kind: 'letter'; readonly letter: Letter }
  | { readonly kind: 'again'; readonly player: Player }
  | { readonly kind: 'timeout'; readonly player: Player; readonly life: number; readonly timer: Armed }
  | { readonly kind: 'settle'; readonly player: Player; readonly life: number; readonly work: Work }
  | { readonly kind: 'choose'; readonly player: Player; readonly life: number }
  | { readonly kind: 'restart'; readonly player: Player }
  | { readonly kind: 'heal' };

/** A timer that runs: the very object, for another with its name is another timer. */
export interface Armed {
  readonly path: Path;
  readonly timer: Timer;
}

/** Work under way: the very snapshot of its beginning, for other work may take its place. */
export interface Work {
  readonly path: Path;
  readonly snapshot: AnySnapshot;
}

export interface Due {
  readonly time: number;
  readonly tie: number;
  readonly order: number;
  readonly what: Occasion;
}
