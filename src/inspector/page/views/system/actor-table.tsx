import { counted } from '../../../../counted.ts';
import { useSignal } from '../../signal.ts';
import { useEffect, useMemo } from 'preact/hooks';
import type { ActorRow } from '../../../protocol.ts';
import { exampleFilter, parseFilter } from '../../model/filter.ts';
import { StatusChip } from '../../parts/chip.tsx';
import { colourOf } from '../../parts/bar.tsx';
import { Id } from '../../parts/id.tsx';
import { VirtualTable, type Column } from '../../parts/virtual.tsx';
import { cut, stateName } from '../../parts/words.ts';
import { toHash } from '../../selection.ts';
import type { Session } from '../../session.ts';
import { lineText } from '../../model/line.ts';
import type { ViewProps } from '../../shell/views.ts';
import { ActorPages } from './actor-pages.ts';
import { follow } from '../../parts/follow.ts';

const TYPING = 150;

/** What the actor did last, as far as the page was told. */
const LastEvent = ({ session, address }: { readonly session: Session; readonly address: string }) => {
  follow(session.version);
  const line = session.journal.byActor(address).at(-1);
  return line === undefined ? null : <span class="soft">{lineText(line)}</span>;
};

/** The node has a column of its own. */
const withoutNode = (address: string, node: string): string =>
  address.endsWith(`@${node}`) ? address.slice(0, -node.length - 1) : address;

const columnsOf = (session: Session): readonly Column<ActorRow>[] => [
  {
    title: 'Actor',
    cell: ({ address, node }) => (
      <a
        class="mono"
        href={toHash({ view: 'actor', address })}
        title={cut(address, 500)}
        aria-label={cut(address, 500)}
      >
        <Id of={withoutNode(address, node)} width={1} />
      </a>
    ),
  },
  {
    title: 'State',
    width: '20%',
    cell: ({ state }) => (
      <span title={cut(stateName(state), 500)}>
        <span class={`swatch ${colourOf(state)}`} aria-hidden="true" /> {cut(stateName(state), 80)}
      </span>
    ),
  },
  {
    title: 'Last event',
    width: '16%',
    cell: ({ address }) => <LastEvent session={session} address={address} />,
  },
  { title: 'Status', width: '92px', cell: ({ status }) => <StatusChip status={status} /> },
  {
    title: 'Node',
    width: '144px',
    cell: ({ node, durable }) => (
      <span title={node}>
        {durable === true ? (
          <span title="durable">
            <span aria-hidden="true">▣ </span>
            <span class="unseen">durable, </span>
          </span>
        ) : null}
        {node}
      </span>
    ),
  },
];

const FilterBox = ({ session, total }: ViewProps & { readonly total: number }) => {
  const filter = session.selection.value.options?.filter ?? '';
  const typed = useSignal(filter);
  useEffect(() => void (typed.value = filter), [filter]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed.value !== filter) session.select({ options: { filter: typed.value } }, 'replace');
    }, TYPING);
    return () => clearTimeout(timer);
  }, [typed.value]);
  return (
    <div class="row filter">
      <input
        type="search"
        aria-label="Filter actors"
        placeholder={exampleFilter(session.overview.value?.kinds)}
        spellcheck={false}
        value={typed.value}
        onInput={(event) => (typed.value = event.currentTarget.value)}
      />
      <span class="soft" role="status">
        {counted(total, 'actor')}
      </span>
    </div>
  );
};

/** All actors that pass the filter, page by page from the server; only what is visible exists here. */
export const ActorTable = ({ session }: ViewProps) => {
  const filter = session.selection.value.options?.filter ?? '';
  const generation = session.generation.value;
  const pages = useMemo(() => new ActorPages(session.client, parseFilter(filter)), [filter, generation]);
  const columns = useMemo(() => columnsOf(session), [session]);
  useEffect(() => pages.start(), [pages]);
  follow(pages.version);
  return (
    <>
      <FilterBox session={session} total={pages.total} />
      {pages.error === undefined ? null : <p class="nothing tone-bad">{pages.error}</p>}
      {pages.total === 0 ? (
        <p class="nothing">{pages.isLoaded ? 'No actor passes the filter.' : 'Loading…'}</p>
      ) : (
        <VirtualTable
          label="Actors"
          columns={columns}
          total={pages.total}
          row={pages.row}
          keyOf={({ address }) => address}
          onRange={pages.need}
          height="60vh"
          // On a small screen it scrolls sideways anyhow: there, ids are to be read whole.
          least="max(560px, min(720px, 1420px - 100vw))"
        />
      )}
    </>
  );
};
