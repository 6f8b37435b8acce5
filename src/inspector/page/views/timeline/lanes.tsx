import { useEffect, useRef, useState } from 'preact/hooks';
import { labelsOf, type Beside, type Labels } from '../../model/timeline-labels.ts';
import type { Row, Segment } from '../../model/timeline-rows.ts';
import type { Scale } from '../../model/timeline-scale.ts';
import { cut, durationText } from '../../parts/words.ts';

const HEIGHT = 30;
/** Of a line of texts below the bars. */
const LINE = 13;
const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

export const segmentKey = (row: Row, { kind, begin }: Segment): string => `${row.key}|${kind}|${begin}`;

const outcomes = { done: 'done', failed: 'failed', unknown: 'outcome unknown', open: 'goes on' } as const;
const icons = { done: '✓', failed: '✗', unknown: '?', open: '…' } as const;

export function segmentText({ kind, label, from, to, outcome, attempt, error }: Segment): string {
  const long = to === undefined ? '' : `, ${durationText(to - from)}`;
  if (kind === 'wait') return `${label}${long}`;
  if (kind === 'state') return `in ${label}${long}`;
  const tried = attempt !== undefined && attempt > 1 ? `, attempt ${attempt}` : '';
  return `${label}${tried}, ${outcomes[outcome]}${long}${error === undefined ? '' : `: ${error}`}`;
}

interface LanesProps {
  readonly label: string;
  /** In the order in which they are drawn; a gap where the other run has a row and this has none. */
  readonly rows: readonly (Row | undefined)[];
  readonly scale: Scale;
  /** When it began. */
  readonly zero: number;
  /** Of what goes on. */
  readonly now: number;
  /** Why what is not here may have happened all the same. */
  readonly gap: string | undefined;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
}

/** What is written at a bar; all of it is in its title. */
const short = ({ kind, outcome, label, attempt = 1 }: Segment): string =>
  kind === 'state'
    ? cut(label, 40)
    : kind === 'wait'
      ? '◷'
      : `${attempt > 1 ? `${attempt}·` : ''}${icons[outcome]}`;

/** From the corner of its bar, which it belongs to: who points at the text points at the bar. */
const placed = (place: 'in' | Beside) =>
  place === 'in' ? {} : { left: `${place.x}px`, top: `${place.line === 0 ? 3 : 10 + place.line * LINE}px` };

const Bar = ({
  row,
  segment,
  place,
  props: { scale, now, selected, onSelect },
}: {
  readonly row: Row;
  readonly segment: Segment;
  readonly place: Labels['places'][number];
  readonly props: LanesProps;
}) => {
  const { kind, from, to = now, outcome } = segment;
  const [left, right] = [scale.at(from), scale.at(to)];
  const key = segmentKey(row, segment);
  const text = segmentText(segment);
  return (
    <button
      type="button"
      class={`bar-${kind} ${row.role} ${outcome}`}
      style={{ left: percent(left), width: percent(right - left) }}
      title={text}
      aria-label={`${row.label}: ${text}`}
      aria-pressed={key === selected}
      onClick={() => onSelect(key)}
    >
      {place === undefined ? null : (
        <span class={place === 'in' ? 'in' : 'beside'} style={placed(place)} aria-hidden="true">
          {short(segment)}
        </span>
      )}
    </button>
  );
};

/** The segments of a row that are in the time shown, and where what is written at them stands. */
const drawnOf = (row: Row | undefined, { scale, now }: LanesProps, width: number) => {
  const { stretches } = scale;
  const [first, last] = [stretches[0]?.from ?? 0, stretches.at(-1)?.to ?? 0];
  const segments = (row?.segments ?? []).filter(({ from, to = now }) => to >= first && from <= last);
  const bars = segments.map((segment) => ({
    from: scale.at(segment.from) * width,
    to: scale.at(segment.to ?? now) * width,
    text: short(segment),
    below: segment.kind !== 'wait',
  }));
  return { segments, ...labelsOf(bars, width) };
};

/** px that the bars have. */
const useWidth = () => {
  const ref = useRef<HTMLTableCellElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const head = ref.current;
    if (head === null) return undefined;
    // A lane keeps 8 px to its right free.
    const observer = new ResizeObserver(() => setWidth(head.clientWidth - 8));
    observer.observe(head);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
};

const endOf = (row: Row | undefined): number | undefined =>
  row?.segments.findLast(({ kind }) => kind !== 'wait')?.to;

/** From what was undone to what undid it. */
const Joins = ({
  rows,
  scale,
  tops,
}: Pick<LanesProps, 'rows' | 'scale'> & { readonly tops: readonly number[] }) => (
  <svg class="joins" viewBox={`0 0 1000 ${tops.at(-1) ?? 0}`} preserveAspectRatio="none" aria-hidden="true">
    {rows.map((row, at) => {
      const undone = rows.findIndex((each) => each !== undefined && each.key === row?.undoes);
      const [from, to] = [endOf(rows[undone]), row?.segments[0]?.from];
      if (undone < 0 || from === undefined || to === undefined) return null;
      const [x1, x2] = [scale.at(from) * 1000, scale.at(to) * 1000];
      return (
        <path
          key={row?.key}
          d={`M${x1} ${(tops[undone] ?? 0) + 0.78 * HEIGHT}V${(tops[at] ?? 0) + 0.5 * HEIGHT}H${x2}`}
        />
      );
    })}
  </svg>
);

const Step = ({ row }: { readonly row: Row | undefined }) => (
  <th
    scope="row"
    title={
      row === undefined
        ? undefined
        : `${row.label}${row.services.length === 0 ? '' : ` at ${row.services.join(', ')}`}`
    }
  >
    <span class="cut">{row === undefined ? '' : cut(row.label, 60)}</span>
    {row !== undefined && row.services.length > 0 && row.services[0] !== row.label ? (
      <span class="soft cut"> {row.services.join(', ')}</span>
    ) : null}
  </th>
);

/** One run: a table of steps, and over the time of each what was done. Every bar is a button that says what it is. */
export const Lanes = (props: LanesProps) => {
  const { label, rows, scale } = props;
  const folded = scale.stretches.filter((each) => each.folded);
  const { stretches } = scale;
  const first = (stretches[0]?.from ?? 0) - props.zero;
  const last = (stretches.at(-1)?.to ?? 0) - props.zero;
  const { ref, width } = useWidth();
  const drawn = rows.map((row) => drawnOf(row, props, width));
  const tops = [0];
  for (const { lines } of drawn) tops.push((tops.at(-1) ?? 0) + HEIGHT + lines * LINE);
  return (
    <div class="lanes">
      <table>
        <caption class="unseen">{label}</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" ref={ref}>
              <span class="unseen">What was done, in order</span>
              <div class={folded.length === 0 ? 'ruler' : 'ruler folding'} aria-hidden="true">
                <span>+{durationText(first)}</span>
                <span class="last">+{durationText(last)}</span>
                {folded.map(({ from, to, start, end }) => (
                  <span
                    key={from}
                    class="fold"
                    style={{ left: percent(start), width: percent(end - start) }}
                    title={`${durationText(to - from)} in which nothing was done`}
                  >
                    ⋯ {durationText(to - from)}
                  </span>
                ))}
              </div>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={row?.key ?? `gap ${at}`} class={row?.role}>
              <Step row={row} />
              <td>
                <div class="lane" style={{ height: `${HEIGHT - 1 + (drawn[at]?.lines ?? 0) * LINE}px` }}>
                  {folded.map(({ from, start, end }) => (
                    <span
                      key={from}
                      class="fold"
                      style={{ left: percent(start), width: percent(end - start) }}
                    />
                  ))}
                  {row === undefined
                    ? null
                    : drawn[at]?.segments.map((segment, index) => (
                        <Bar
                          key={segmentKey(row, segment)}
                          row={row}
                          segment={segment}
                          place={drawn[at]?.places[index]}
                          props={props}
                        />
                      ))}
                  {row?.skipped === true ? <span class="soft note-in">skipped</span> : null}
                  {row !== undefined && row.segments.length === 0 && !row.skipped ? (
                    <span class="soft note-in" title={props.gap}>
                      {props.gap === undefined ? 'not reached' : 'not seen'}
                    </span>
                  ) : null}
                  {row === undefined ? <span class="soft note-in">no such step</span> : null}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Joins rows={rows} scale={scale} tops={tops} />
    </div>
  );
};
