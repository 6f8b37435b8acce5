import type { Row, Segment } from '../../model/timeline-rows.ts';
import type { Scale } from '../../model/timeline-scale.ts';
import { cut, durationText } from '../../parts/words.ts';

const HEIGHT = 30;
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
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
}

const Bar = ({
  row,
  segment,
  props: { scale, now, selected, onSelect },
}: {
  readonly row: Row;
  readonly segment: Segment;
  readonly props: LanesProps;
}) => {
  const { kind, from, to = now, outcome, label, attempt } = segment;
  const [left, right] = [scale.at(from), scale.at(to)];
  const { stretches } = scale;
  const [first, last] = [stretches[0]?.from ?? 0, stretches.at(-1)?.to ?? 0];
  if (to < first || from > last) return null;
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
      {kind === 'attempt' ? (
        <span aria-hidden="true">
          {attempt !== undefined && attempt > 1 ? `${attempt}·` : ''}
          {icons[outcome]}
        </span>
      ) : (
        <span aria-hidden="true">{kind === 'wait' ? '◷' : cut(label, 40)}</span>
      )}
    </button>
  );
};

const endOf = (row: Row | undefined): number | undefined =>
  row?.segments.findLast(({ kind }) => kind !== 'wait')?.to;

/** From what was undone to what undid it. */
const Joins = ({ rows, scale }: Pick<LanesProps, 'rows' | 'scale'>) => (
  <svg
    class="joins"
    viewBox={`0 0 1000 ${rows.length * HEIGHT}`}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    {rows.map((row, at) => {
      const undone = rows.findIndex((each) => each !== undefined && each.key === row?.undoes);
      const [from, to] = [endOf(rows[undone]), row?.segments[0]?.from];
      if (undone < 0 || from === undefined || to === undefined) return null;
      const [x1, x2] = [scale.at(from) * 1000, scale.at(to) * 1000];
      return <path key={row?.key} d={`M${x1} ${(undone + 0.78) * HEIGHT}V${(at + 0.5) * HEIGHT}H${x2}`} />;
    })}
  </svg>
);

/** One run: a table of steps, and over the time of each what was done. Every bar is a button that says what it is. */
export const Lanes = (props: LanesProps) => {
  const { label, rows, scale } = props;
  const folded = scale.stretches.filter((each) => each.folded);
  const { stretches } = scale;
  const first = (stretches[0]?.from ?? 0) - props.zero;
  const last = (stretches.at(-1)?.to ?? 0) - props.zero;
  return (
    <div class="lanes">
      <table>
        <caption class="unseen">{label}</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">
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
              <td>
                <div class="lane">
                  {folded.map(({ from, start, end }) => (
                    <span
                      key={from}
                      class="fold"
                      style={{ left: percent(start), width: percent(end - start) }}
                    />
                  ))}
                  {row?.segments.map((segment) => (
                    <Bar key={segmentKey(row, segment)} row={row} segment={segment} props={props} />
                  ))}
                  {row?.skipped === true ? <span class="soft note-in">skipped</span> : null}
                  {row !== undefined && row.segments.length === 0 && !row.skipped ? (
                    <span class="soft note-in">not reached</span>
                  ) : null}
                  {row === undefined ? <span class="soft note-in">no such step</span> : null}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Joins rows={rows} scale={scale} />
    </div>
  );
};
