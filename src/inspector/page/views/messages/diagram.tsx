import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { labelOf, type Diagram, type Mark, type Path } from '../../model/messages-diagram.ts';
import { isOutside } from '../../model/messages-address.ts';
import type { Cones } from '../../model/messages-order.ts';
import { eventText } from '../../model/messages-same.ts';
import { lineText } from '../../model/messages-states.ts';
import { Id } from '../../parts/id.tsx';
import { cut, timeText } from '../../parts/words.ts';

const COLUMN = 132;
const ROW = 30;
const HEAD = 44;
const GUTTER = 76;
/** Rows beyond the visible ones. */
const MARGIN = 6;
const MOST_PATHS = 1_500;

export interface DiagramProps {
  readonly diagram: Diagram;
  /** Keys of the arrows that are selected. */
  readonly message: string | undefined;
  readonly cones: Cones | undefined;
  /** The step that is looked at. */
  readonly step: number | undefined;
  /** The first step of what can repeat for ever. */
  readonly loop: number | undefined;
  /** Stay at the end while new messages come, until the reader scrolls away. */
  readonly follow: boolean;
  readonly onMessage: (path: Path) => void;
  readonly onStep: (mark: Mark) => void;
}

const glyphs: Readonly<Record<string, string>> = {
  start: '▸',
  timeout: '◷',
  settle: '◆',
  crash: '✖',
  restart: '↻',
  lose: '×',
  duplicate: '⧉',
  corrupt: '≠',
  forge: '✎',
  partition: '∥',
  heal: '=',
};

const x = (column: number): number => GUTTER + column * COLUMN + COLUMN / 2;
const y = (row: number): number => row * ROW;

/** Where a path goes, and where its name stands. */
function wayOf({ fromColumn, toColumn, fromRow, toRow, stub }: Path) {
  const [x1, y1] = [x(fromColumn), y(fromRow)];
  if (fromColumn === toColumn) {
    const reach = COLUMN * 0.3;
    const d = stub ? `M${x1} ${y1}h${reach}` : `M${x1} ${y1}h${reach}V${y(toRow)}H${x1 + 5}`;
    return {
      d,
      x2: x1 + reach,
      y2: stub ? y1 : y(toRow),
      labelX: x1 + reach + 4,
      labelY: y1 + 13,
      anchor: 'start',
    };
  }
  const share = stub ? 0.5 : 1;
  const side = Math.sign(toColumn - fromColumn);
  const [dx, dy] = [(x(toColumn) - x1) * share - (stub ? 0 : side * 5), (y(toRow) - y1) * share];
  // The name stands where the arrow leaves, so that those of arrows that go the same way do not lie on each other.
  const labelX = x1 + side * 10;
  return {
    d: `M${x1} ${y1}l${dx} ${dy}`,
    x2: x1 + dx,
    y2: y1 + dy,
    labelX,
    labelY: y1 + (dy / Math.abs(dx)) * 20 - 5,
    anchor: side > 0 ? 'start' : 'end',
  };
}

const fates = { lost: '×', dead: '☠', pending: '…', delivered: '' } as const;

const titleOf = ({ arrow: { event, from, to, fate, duplicate, reason, original } }: Path): string =>
  [
    `${eventText(event)}: ${isOutside(from) ? labelOf(from) : from} → ${isOutside(to) ? labelOf(to) : to}`,
    duplicate ? 'a second time' : '',
    original === undefined ? '' : `changed by the network, was ${original.type}`,
    fate === 'delivered' ? '' : fate === 'pending' ? 'not taken yet' : fate,
    reason ?? '',
  ]
    .filter((part) => part !== '')
    .join(', ');

const PathShape = ({
  path,
  tone,
  isNamed,
  isSelected,
  onMessage,
}: {
  readonly path: Path;
  readonly tone: string;
  readonly isNamed: boolean;
  readonly isSelected: boolean;
  readonly onMessage: (path: Path) => void;
}) => {
  const { d, x2, y2, labelX, labelY, anchor } = wayOf(path);
  const { kind, fate, duplicate, event } = path.arrow;
  return (
    <g
      class={`arrow ${kind} ${fate} ${duplicate ? 'again' : ''} ${tone} ${isSelected ? 'chosen' : ''}`}
      data-message={path.arrow.key}
      onClick={() => onMessage(path)}
    >
      <title>{titleOf(path)}</title>
      <path class="reach" d={d} />
      <path class="way" d={d} marker-end={path.stub ? undefined : 'url(#tip)'} />
      {fate === 'delivered' ? null : (
        <text class="fate" x={x2} y={y2 + 5} text-anchor="middle">
          {fates[fate]}
        </text>
      )}
      {isNamed ? (
        <text x={labelX} y={labelY} text-anchor={anchor}>
          {cut(eventText(event), 18)}
        </text>
      ) : null}
    </g>
  );
};

/** What is said to many at once has its name at the first arrow only: the others would stand on it. */
function repeated(paths: readonly Path[]): ReadonlySet<Path> {
  const named = new Set<string>();
  return new Set(
    paths.filter(({ arrow, fromColumn, fromRow, toColumn }) => {
      const key = `${fromColumn} ${fromRow} ${Math.sign(toColumn - fromColumn)} ${eventText(arrow.event)}`;
      return named.size === named.add(key).size;
    }),
  );
}

const MarkShape = ({
  mark,
  tone,
  isNow,
  onStep,
}: {
  readonly mark: Mark;
  readonly tone: string;
  readonly isNow: boolean;
  readonly onStep: (mark: Mark) => void;
}) => {
  const { column, row, occurrence, count } = mark;
  const glyph = glyphs[occurrence.kind];
  return (
    <g
      class={`mark ${occurrence.kind} ${tone} ${isNow ? 'now' : ''}`}
      transform={`translate(${x(column)} ${y(row)})`}
      onClick={() => onStep(mark)}
    >
      <title>
        {count > 1 ? `${count} steps without messages, first: ` : ''}
        {occurrence.line === undefined ? occurrence.kind : lineText(occurrence.line)}
      </title>
      {isNow ? <circle class="ring" r="11" /> : null}
      {count > 1 ? (
        <rect x="-13" y="-8" width="26" height="16" rx="8" />
      ) : (
        <circle r={glyph === undefined ? 4 : 8} />
      )}
      {count > 1 ? (
        <text y="4">{count > 99 ? '99+' : count}</text>
      ) : glyph === undefined ? null : (
        <text y="4">{glyph}</text>
      )}
    </g>
  );
};

/** Rows that are in sight, and a little more. */
interface Sight {
  readonly top: number;
  readonly bottom: number;
}

const Heads = ({
  diagram: { groups, lifelines },
  width,
}: {
  readonly diagram: Diagram;
  readonly width: number;
}) => (
  <div class="heads" style={{ width: `${width}px`, height: `${HEAD}px` }} aria-hidden="true">
    {groups
      .filter(({ label }) => label !== '')
      .map(({ label, from, to }) => (
        <span
          key={from}
          class="group cut"
          title={label}
          style={{ left: `${GUTTER + from * COLUMN + 4}px`, width: `${(to - from + 1) * COLUMN - 8}px` }}
        >
          {label}
        </span>
      ))}
    {lifelines.map(({ actor, label }, column) => (
      <span
        key={actor}
        class="head cut"
        title={isOutside(actor) ? label : actor}
        style={{ left: `${GUTTER + column * COLUMN + 3}px`, width: `${COLUMN - 6}px` }}
      >
        {label.includes('/') ? <Id of={label} keep={8} width={1} /> : label}
      </span>
    ))}
  </div>
);

/** Lifelines, times, and where what can repeat begins. */
const Ground = ({
  diagram,
  sight: { top, bottom },
  loop,
}: {
  readonly diagram: Diagram;
  readonly sight: Sight;
  readonly loop: number | undefined;
}) => {
  const { lifelines, times, marks } = diagram;
  const loopRow =
    loop === undefined ? undefined : marks.find(({ occurrence }) => (occurrence.step ?? -1) >= loop)?.row;
  const loopY = loopRow === undefined ? undefined : y(loopRow) - ROW / 2;
  return (
    <>
      {lifelines.map(({ actor }, column) => (
        <line key={actor} class="life" x1={x(column)} x2={x(column)} y1={y(top)} y2={y(bottom)} />
      ))}
      {times.slice(top, bottom).map((time, at) =>
        time === undefined ? null : (
          <text key={at + top} class="time" x="4" y={y(at + top) + 4}>
            {timeText(time)}
          </text>
        ),
      )}
      {loopY === undefined ? null : (
        <g class="loop">
          <line x1="0" x2={x(lifelines.length)} y1={loopY} y2={loopY} />
          <text x="4" y={loopY - 4}>
            ↻ from here on it can repeat for ever
          </text>
        </g>
      )}
    </>
  );
};

/** What is in sight, and scrolling to what was chosen. */
function useSight({ diagram, message, step, follow }: DiagramProps) {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState<Sight>({ top: 0, bottom: 40 });
  const measure = (): void => {
    const at = box.current;
    if (at === null) return;
    const top = Math.floor(at.scrollTop / ROW);
    const bottom = Math.min(diagram.rows, top + Math.ceil(at.clientHeight / ROW) + MARGIN);
    setSight({ top: Math.max(0, top - MARGIN), bottom });
  };
  const isAtEnd = useRef(follow);
  useLayoutEffect(() => {
    const at = box.current;
    if (at !== null && isAtEnd.current && follow) at.scrollTop = at.scrollHeight;
    measure();
  }, [diagram]);
  const scrolled = (): void => {
    const at = box.current;
    if (at !== null) isAtEnd.current = at.scrollTop + at.clientHeight >= at.scrollHeight - ROW;
    measure();
  };
  useEffect(() => {
    const row =
      diagram.marks.find(({ occurrence }) => occurrence.step === step && step !== undefined)?.row ??
      diagram.paths.find(({ arrow }) => arrow.key === message)?.fromRow;
    const at = box.current;
    if (row === undefined || at === null) return;
    const isInSight = y(row) > at.scrollTop + ROW && y(row) < at.scrollTop + at.clientHeight - HEAD - ROW;
    if (!isInSight) at.scrollTop = y(row) - at.clientHeight / 2;
  }, [step, message, diagram]);
  return { box, sight, scrolled };
}

const toneOf = (cones: Cones | undefined, from: number | undefined, to: number | undefined): string => {
  if (cones === undefined) return '';
  const isIn = (cone: ReadonlySet<number>): boolean => cone.has(from ?? -1) && cone.has(to ?? -1);
  return isIn(cones.past) ? 'past' : isIn(cones.future) ? 'future' : 'dim';
};

/** Draws only what is in sight: it may be thousands of rows. */
export const DiagramPicture = (props: DiagramProps) => {
  const { diagram, message, cones, step, loop, onMessage, onStep } = props;
  const { box, sight, scrolled } = useSight(props);
  const { lifelines, marks, paths, rows } = diagram;
  const width = GUTTER + lifelines.length * COLUMN + 16;
  const shownPaths = paths.filter(({ fromRow, toRow }) => toRow >= sight.top && fromRow <= sight.bottom);
  const others = repeated(shownPaths);
  return (
    <div
      class="spacetime"
      ref={box}
      onScroll={scrolled}
      tabIndex={0}
      role="group"
      aria-label="Space-time diagram; the tab List has the same as a table"
    >
      <Heads diagram={diagram} width={width} />
      <svg width={width} height={y(rows)} aria-hidden="true">
        <defs>
          <marker
            id="tip"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        <Ground diagram={diagram} sight={sight} loop={loop} />
        {shownPaths.slice(0, MOST_PATHS).map((path) => (
          <PathShape
            key={path.arrow.key}
            path={path}
            tone={path.arrow.key === message ? '' : toneOf(cones, path.arrow.source, path.arrow.target)}
            isNamed={!others.has(path)}
            isSelected={path.arrow.key === message}
            onMessage={onMessage}
          />
        ))}
        {marks
          .filter(({ row }) => row >= sight.top && row <= sight.bottom)
          .map((mark) => (
            <MarkShape
              key={mark.occurrence.index}
              mark={mark}
              tone={toneOf(cones, mark.occurrence.index, mark.occurrence.index)}
              isNow={step !== undefined && mark.occurrence.step === step}
              onStep={onStep}
            />
          ))}
      </svg>
    </div>
  );
};
