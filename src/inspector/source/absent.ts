import { TroupeError } from '../../errors.ts';
import type { Source } from './source.ts';

/** What a source that only has a past, or only charts, cannot do. @param what "A recording" */
export function readOnly(
  what: string,
): Pick<Source, 'send' | 'dryRun' | 'deadLetters' | 'replayLetter' | 'dropLetter'> {
  const refuse = (deed: string) => async (): Promise<never> => {
    throw new TroupeError('NOT_AVAILABLE', `${what} ${deed}: that takes a live system.`);
  };
  return {
    send: refuse('takes no events'),
    dryRun: refuse('cannot try an event'),
    deadLetters: async () => ({ rows: [], total: 0 }),
    replayLetter: refuse('sends nothing again'),
    dropLetter: refuse('drops nothing'),
  };
}
