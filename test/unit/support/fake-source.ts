import { TroupeError } from '../../../src/errors.ts';
import type { Entry } from '../../../src/monitoring/entry.ts';
import type { Source, Watcher } from '../../../src/inspector/source/source.ts';

const absent = async (): Promise<never> => {
  throw new TroupeError('NOT_AVAILABLE', 'A fake has no such thing.');
};

/** A source whose watchers the test tells what it likes. */
export interface FakeSource extends Source {
  readonly watchers: Set<Watcher>;
  readonly sent: { readonly address: string; readonly event: object }[];
  tell(entries: readonly Entry[]): boolean;
  closed: boolean;
}

export function fakeSource(overrides: Partial<Source> = {}): FakeSource {
  const watchers = new Set<Watcher>();
  const sent: { address: string; event: object }[] = [];
  const source: FakeSource = {
    watchers,
    sent,
    closed: false,
    tell: (entries) => [...watchers].map((watcher) => watcher.emit(entries)).every(Boolean),
    about: () => ({ source: 'live', name: 'fake', canSend: true, flaws: [], sampling: 1, refused: {} }),
    overview: async () => ({ time: 0, nodes: [], kinds: [], alerts: [], queues: [] }),
    actors: async () => ({ rows: [], total: 0 }),
    actor: async (address) => {
      throw new TroupeError('NO_SUCH_ACTOR', `There is no actor "${address}".`);
    },
    history: async () => ({ moments: [], more: false }),
    chart: async () => undefined,
    watch: (watcher) => {
      watchers.add(watcher);
      return {
        refocus: () => undefined,
        close: () => void watchers.delete(watcher),
      };
    },
    send: async (address, event) => void sent.push({ address, event }),
    dryRun: absent,
    deadLetters: async () => ({ rows: [], total: 0 }),
    replayLetter: absent,
    dropLetter: absent,
    close: async () => {
      source.closed = true;
    },
    ...overrides,
  };
  return source;
}
