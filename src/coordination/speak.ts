import { hostOf } from '../actor/host.ts';
import type { Tell } from '../../machines/vocabulary.ts';

/** The action `tell` that the library's charts name but do not have: charts are pure, this is the runtime speaking for them. */
export function speak({ system }: { readonly system: object }, { to, event }: Tell): void {
  if (to !== undefined) hostOf(system, 'tell').tell(to, event);
}
