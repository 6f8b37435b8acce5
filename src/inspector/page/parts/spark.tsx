import type { Tone } from './chip.tsx';
import { amountText } from './words.ts';

const WIDTH = 100;
const HEIGHT = 28;

/** A small curve with its last and highest value as text for those who do not see it. */
export const Sparkline = ({
  values,
  label,
  unit = '',
  tone = 'plain',
}: {
  readonly values: readonly number[];
  readonly label: string;
  readonly unit?: string;
  readonly tone?: Tone;
}) => {
  const most = Math.max(...values, 0);
  const last = values.at(-1) ?? 0;
  const step = WIDTH / Math.max(1, values.length - 1);
  const y = (value: number): number => HEIGHT - 1 - (most === 0 ? 0 : (value / most) * (HEIGHT - 3));
  const line = values
    .map((value, at) => `${at === 0 ? 'M' : 'L'}${(at * step).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
  const text = `${label}: now ${amountText(last)}${unit}, highest ${amountText(most)}${unit}`;
  return (
    <svg
      class="spark"
      data-tone={tone}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={text}
    >
      {values.length < 2 ? null : (
        <>
          <path class="area" d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} />
          <path d={line} />
        </>
      )}
    </svg>
  );
};
