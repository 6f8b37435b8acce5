import { TroupeError } from '../../errors.ts';
import type { Interner } from './interner.ts';
import type { Model } from './model.ts';

/** Values of each kind that are looked at again, count: of more, every so many-th. */
const MOST = 1_000;

/**
 * Is what was found still what it was when it was found? A property that sorts a list in the context it is shown changes the state itself,
 * and all that follows from it.
 * @throws TroupeError MODEL_FAILED naming what was changed
 */
export function checkIntact({ tables: { locals, histories, messages } }: Model): void {
  const { participants } = locals;
  const actor = changed(participants, (id) => locals.idOf(locals.slot.at(id), participants.at(id)));
  if (actor >= 0) throw changedState(locals.role(actor).name);
  const message = changed(messages.sent, (id) => messages.idOf(messages.sent.at(id)));
  if (message >= 0) throw failure(`A message "${messages.sent.at(message).event.type}"`);
  if (changed(histories.values, (id) => histories.values.idOf(histories.values.at(id))) >= 0)
    throw failure('The history');
}

/** The number of a value that would get another one now; -1 when there is none among those looked at. */
function changed({ values: { length } }: Interner<unknown>, again: (id: number) => number): number {
  const stride = Math.ceil(length / MOST);
  for (let id = 0; id < length; id += stride) if (again(id) !== id) return id;
  return -1;
}

/** What is thrown for a state that is not what it was. */
export const changedState = (actor: string): TroupeError => failure(`A state of the actor "${actor}"`);

const failure = (what: string): TroupeError =>
  new TroupeError(
    'MODEL_FAILED',
    `${what} was changed in place. Properties and other functions of the model must copy what they sort or add to.`,
  );
