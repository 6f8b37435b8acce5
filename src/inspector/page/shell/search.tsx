import { counted } from '../../../counted.ts';
import { useSignal } from '../signal.ts';
import { useEffect, useRef } from 'preact/hooks';
import { filterText, parseFilter } from '../model/filter.ts';
import { cut } from '../parts/words.ts';
import type { ActorPage } from '../../protocol.ts';
import type { Session } from '../session.ts';
import { useKeys } from './keys.ts';
import type { ViewProps } from './views.ts';

interface Found {
  readonly what: string;
  readonly text: string;
  readonly open: () => void;
}

const MOST = 6;
const PAUSE = 120;

/** The conversations of the journal whose id contains the text, last first. */
function conversations(session: Session, text: string): string[] {
  const found = new Set<string>();
  const { steps } = session.journal;
  for (let at = steps.length - 1; at >= 0 && found.size < MOST; at -= 1) {
    const id = steps[at]?.message?.correlation;
    if (id?.includes(text) === true) found.add(id);
  }
  return [...found];
}

/** One that is stored and not in memory stands in no table, but is found by its whole address. */
const stored = async ({ client }: Session, address: string): Promise<ActorPage> =>
  client.actor(address).then(
    (row) => ({ rows: [row], total: 1 }),
    () => ({ rows: [], total: 0 }),
  );

async function find(session: Session, text: string): Promise<Found[]> {
  const filter = parseFilter(text);
  const listed = await session.client
    .actors({ ...filter, limit: MOST })
    .catch(() => ({ rows: [], total: 0 }));
  const isAddress = listed.total === 0 && filterText(filter) === `id:${text}`;
  const { rows, total } = isAddress ? await stored(session, text) : listed;
  const actors = rows.map(({ address, state }): Found => ({
    what: 'actor',
    text: `${address} · ${state}`,
    open: () => session.select({ view: 'actor', address, moment: undefined }),
  }));
  const table =
    (words: string): (() => void) =>
    () =>
      session.select({ view: 'system', options: { filter: words } });
  const all =
    total > rows.length || filterText(filter) !== `id:${text}`
      ? [{ what: 'table', text: `all ${counted(total, 'actor')}: ${text}`, open: table(text) }]
      : [];
  const free = filter.id !== undefined && !text.includes(':') ? filter.id : undefined;
  return [...actors, ...all, ...(free === undefined ? [] : named(session, free, table))];
}

function named(session: Session, text: string, table: (words: string) => () => void): Found[] {
  const kinds = session.overview.peek()?.kinds ?? [];
  const lower = text.toLowerCase();
  const states = new Set(kinds.flatMap((kind) => Object.keys(kind.states)));
  const has = (name: string): boolean => name.toLowerCase().includes(lower);
  return [
    ...kinds
      .filter(({ kind }) => has(kind))
      .slice(0, MOST)
      .map(({ kind }) => ({ what: 'kind', text: kind, open: table(filterText({ kind })) })),
    ...[...states]
      .filter(has)
      .slice(0, MOST)
      .map((state) => ({ what: 'state', text: state, open: table(filterText({ state })) })),
    ...conversations(session, text).map((correlation) => ({
      what: 'conversation',
      text: correlation,
      open: () => session.select({ view: 'timeline', correlation }),
    })),
  ];
}

/** Finds actors, kinds, states and conversations: a combobox. */
export const Search = ({ session }: ViewProps) => {
  const box = useRef<HTMLInputElement>(null);
  const text = useSignal('');
  const found = useSignal<readonly Found[] | undefined>(undefined);
  const at = useSignal(0);
  useKeys((key) => {
    if (key !== '/') return false;
    box.current?.focus();
    box.current?.select();
    return true;
  });
  const asked = text.value.trim();
  useEffect(() => {
    if (asked === '') return void (found.value = undefined);
    let isCurrent = true;
    const timer = setTimeout(() => {
      void find(session, asked).then((results) => {
        if (!isCurrent) return;
        found.value = results;
        at.value = 0;
      });
    }, PAUSE);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [asked]);
  const close = (): void => {
    text.value = '';
    found.value = undefined;
    box.current?.blur();
  };
  const open = (result: Found | undefined): void => {
    if (result === undefined) return;
    result.open();
    close();
  };
  const onKey = (event: KeyboardEvent): void => {
    const results = found.value ?? [];
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter') open(results[at.value]);
    else if (event.key === 'ArrowDown') at.value = Math.min(results.length - 1, at.value + 1);
    else if (event.key === 'ArrowUp') at.value = Math.max(0, at.value - 1);
    else return;
    event.preventDefault();
  };
  const isOpen = found.value !== undefined;
  return (
    <div class="search" role="search">
      <input
        ref={box}
        type="text"
        role="combobox"
        aria-label="Search"
        aria-expanded={isOpen}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant={isOpen && found.value?.length !== 0 ? `found-${at.value}` : undefined}
        placeholder="Search  /"
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={onKey}
        onBlur={() => setTimeout(() => (found.value = undefined), 150)}
      />
      {isOpen ? <Results found={found.value ?? []} at={at.value} onOpen={open} /> : null}
    </div>
  );
};

const Results = ({
  found,
  at,
  onOpen,
}: {
  readonly found: readonly Found[];
  readonly at: number;
  readonly onOpen: (result: Found) => void;
}) =>
  found.length === 0 ? (
    <div class="found soft" id="found" role="status">
      Nothing found. Filter words: kind: state: id: node:
    </div>
  ) : (
    <div class="found" id="found" role="listbox" aria-label="Found">
      {found.map((result, index) => (
        <div
          key={`${result.what} ${result.text}`}
          id={`found-${index}`}
          role="option"
          aria-selected={index === at}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onOpen(result)}
        >
          <span class="what">{result.what}</span>
          <span class="cut">{cut(result.text, 120)}</span>
        </div>
      ))}
    </div>
  );
