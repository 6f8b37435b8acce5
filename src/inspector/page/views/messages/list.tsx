import { useMemo } from 'preact/hooks';
import type { Diagram, Path } from '../../model/messages-diagram.ts';
import { labelOf } from '../../model/messages-diagram.ts';
import { eventText } from '../../model/messages-same.ts';
import { VirtualTable, type Column } from '../../parts/virtual.tsx';
import { cut } from '../../parts/words.ts';

const fates = {
  delivered: 'taken',
  pending: '… under way',
  lost: '× lost',
  dead: '☠ dead letter',
} as const;

const kinds = { message: 'message', request: 'question', answer: 'answer', event: 'event' } as const;

/** The diagram for those who would rather read, or cannot see it: the same messages in the same order. */
export const MessageList = ({
  diagram,
  message,
  onMessage,
}: {
  readonly diagram: Diagram;
  readonly message: string | undefined;
  readonly onMessage: (path: Path) => void;
}) => {
  const rows = useMemo(
    () => [...diagram.paths].sort((a, b) => a.fromRow - b.fromRow || a.toRow - b.toRow),
    [diagram],
  );
  const columns: readonly Column<Path>[] = [
    {
      title: 'Event',
      width: '24%',
      cell: (path) => (
        <button
          type="button"
          class="bare link"
          aria-pressed={path.arrow.key === message}
          onClick={() => onMessage(path)}
        >
          {cut(eventText(path.arrow.event), 40)}
        </button>
      ),
    },
    {
      title: 'From',
      width: '24%',
      cell: ({ arrow }) => <span title={arrow.from}>{labelOf(arrow.from)}</span>,
    },
    { title: 'To', width: '24%', cell: ({ arrow }) => <span title={arrow.to}>{labelOf(arrow.to)}</span> },
    {
      title: 'Kind',
      width: '90px',
      cell: ({ arrow }) => `${kinds[arrow.kind]}${arrow.duplicate ? ' (again)' : ''}`,
    },
    {
      title: 'Became of it',
      cell: ({ arrow }) => (
        <span class={arrow.fate === 'dead' || arrow.fate === 'lost' ? 'tone-bad' : ''}>
          {fates[arrow.fate]}
        </span>
      ),
    },
  ];
  return (
    <VirtualTable
      label="Messages in order"
      columns={columns}
      total={rows.length}
      row={(at) => rows[at]}
      keyOf={({ arrow }) => arrow.key}
      height="70vh"
      least="620px"
    />
  );
};
