import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

const ROW = 28;
/** Rows beyond the visible ones, so that a quick scroll shows no gap. */
const MARGIN = 8;
/** The longest element a browser lays out exactly, px: more rows share the room. */
const MOST = 8_000_000;

export interface Column<Row> {
  readonly title: string;
  /** CSS width; absent: what is left. */
  readonly width?: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row, at: number) => ComponentChildren;
}

/** The rows that are visible, and some around them. */
function useWindow(box: RefObject<HTMLDivElement | null>, room: number) {
  const [view, setView] = useState({ top: 0, rows: 30 });
  const measure = (): void => {
    if (box.current === null) return;
    const top = Math.max(0, Math.floor(box.current.scrollTop / ROW));
    const rows = Math.ceil(box.current.clientHeight / ROW);
    setView((before) => (before.top === top && before.rows === rows ? before : { top, rows }));
  };
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(measure, [room]);
  const from = Math.max(0, Math.min(view.top, room - view.rows) - MARGIN);
  return { from, to: Math.min(room, from + view.rows + 2 * MARGIN), measure };
}

/**
 * A table of which only the visible rows exist. A row is reached with the arrow keys through its first link or button; PageUp, PageDown, Home and End
 * go far. `row(at)` may say undefined: not loaded yet; `onRange` tells what is needed.
 */
export function VirtualTable<Row>({
  label,
  columns,
  total,
  row,
  keyOf,
  onRange,
  height,
  least,
  toEnd = false,
}: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly total: number;
  readonly row: (at: number) => Row | undefined;
  readonly keyOf?: (row: Row, at: number) => string | number;
  readonly onRange?: (from: number, to: number) => void;
  /** CSS height at most. */
  readonly height: string;
  /** Narrowest width before it scrolls sideways. */
  readonly least?: string;
  /** Stay at the end while new rows come. */
  readonly toEnd?: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const room = Math.min(total, Math.floor(MOST / ROW));
  const { from, to, measure } = useWindow(box, room);
  useEffect(() => onRange?.(from, to), [from, to, onRange]);
  useEffect(() => {
    if (toEnd && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [toEnd, total]);
  return (
    <div
      class="virtual"
      role="region"
      aria-label={label}
      tabIndex={0}
      ref={box}
      style={{
        height: `min(${height}, ${(Math.min(room, 400_000) + 1) * ROW + 14}px)`,
        '--least': least ?? '0',
      }}
      onScroll={measure}
      onKeyDown={(event) => moveRow(event, box.current)}
    >
      <table aria-rowcount={total + 1}>
        <Head columns={columns} />
        <tbody>
          <Gap rows={from} columns={columns.length} />
          {Array.from({ length: Math.max(0, to - from) }, (_, offset) => {
            const at = from + offset;
            const value = row(at);
            return (
              <tr
                key={value === undefined || keyOf === undefined ? at : keyOf(value, at)}
                aria-rowindex={at + 2}
                data-row={at}
              >
                {value === undefined ? (
                  <td colSpan={columns.length} class="soft">
                    …
                  </td>
                ) : (
                  columns.map((column) => (
                    <td key={column.title} class={column.isNumber === true ? 'number' : undefined}>
                      {column.cell(value, at)}
                    </td>
                  ))
                )}
              </tr>
            );
          })}
          <Gap rows={room - to} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

function Head<Row>({ columns }: { readonly columns: readonly Column<Row>[] }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map(({ title, width, isNumber }) => (
          <th
            key={title}
            scope="col"
            class={isNumber === true ? 'number' : undefined}
            style={width === undefined ? undefined : { width }}
          >
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const Gap = ({ rows, columns }: { readonly rows: number; readonly columns: number }) =>
  rows <= 0 ? null : (
    <tr class="gap" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${rows * ROW}px` }} />
    </tr>
  );

const pages: Readonly<Record<string, number>> = { PageDown: 10, PageUp: -10, ArrowDown: 1, ArrowUp: -1 };

function moveRow(event: KeyboardEvent, box: HTMLDivElement | null): void {
  if (box === null || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target instanceof HTMLInputElement) return;
  const current = (event.target as Element).closest('tr[data-row]');
  const by = pages[event.key];
  if (event.key === 'Home' || event.key === 'End') {
    box.scrollTop = event.key === 'Home' ? 0 : box.scrollHeight;
    event.preventDefault();
    return;
  }
  if (by === undefined) return;
  event.preventDefault();
  const at = current === null ? -1 : Number(current.getAttribute('data-row'));
  focusRow(box, current === null ? Math.round(box.scrollTop / ROW) : at + by);
}

/** Scroll to the row, and when it is there, focus what can be opened in it. */
function focusRow(box: HTMLDivElement, at: number): void {
  const wanted = Math.max(0, at);
  const top = wanted * ROW;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + 2 * ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + 3 * ROW - box.clientHeight;
  requestAnimationFrame(() =>
    box.querySelector<HTMLElement>(`tr[data-row="${wanted}"] :is(a, button)`)?.focus({ preventScroll: true }),
  );
}
