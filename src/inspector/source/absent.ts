import { TroupeError } from '../../errors.ts';
import type { Source } from './source.ts';

type Changing = Pick<Source, 'send' | 'dryRun' | 'deadLetters' | 'replayLetter' | 'dropLetter'>;

/** What a source that only has a past, or only charts, cannot do. @param what "A recording" */
export function readOnly(what: string): Changing {
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

/** The same for a source that is a class. */
export class ReadOnly implements Changing {
  readonly send: Changing['send'];
  readonly dryRun: Changing['dryRun'];
  readonly deadLetters: Changing['deadLetters'];
  readonly replayLetter: Changing['replayLetter'];
  readonly dropLetter: Changing['dropLetter'];

  constructor(what: string) {
    const absent = readOnly(what);
    this.send = absent.send;
    this.dryRun = absent.dryRun;
    this.deadLetters = absent.deadLetters;
    this.replayLetter = absent.replayLetter;
    this.dropLetter = absent.dropLetter;
  }
}
