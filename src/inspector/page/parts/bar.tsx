import { cut, numberText } from './words.ts';

export interface BarPart {
  readonly name: string;
  readonly count: number;
  /** Default: the name. */
  readonly title?: string;
}

const COLOURS = 8;
const NAMES = 2_000;
const known = new Map<string, number>();

/** The same name has the same colour everywhere: in the order in which they were met. */
export const colourOf = (name: string): string => {
  let colour = known.get(name);
  if (colour === undefined) {
    colour = known.size % COLOURS;
    if (known.size < NAMES) known.set(name, colour);
  }
  return `part-${colour}`;
};

/** Parts of a whole beside each other; the words stand elsewhere. */
export const Bar = ({ parts }: { readonly parts: readonly BarPart[] }) => {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  return (
    <div class="bar" aria-hidden="true">
      {parts.map(({ name, count, title = name }) => (
        <span
          key={name}
          class={colourOf(name)}
          title={`${cut(title, 300)}: ${numberText(count)}`}
          style={{ flexGrow: total === 0 ? '0' : String(count / total) }}
        />
      ))}
    </div>
  );
};
