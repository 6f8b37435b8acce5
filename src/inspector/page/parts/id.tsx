import { idParts } from './words.ts';

interface IdProps {
  readonly of: string;
  /** Characters of its end that are kept. */
  readonly keep?: number;
  /** Share of the width of a digit that a letter takes: 1 where all are as wide. */
  readonly width?: number;
}

/** An id, cut in the middle where there is no room for it: its end is what tells it from others. */
export const Id = ({ of: id, keep = 14, width = 0.9 }: IdProps) => {
  const [head, tail] = idParts(id.slice(0, 500), keep);
  return head === '' ? (
    <>{tail}</>
  ) : (
    <>
      <span class="cut head-of-id" style={{ maxWidth: `max(3ch, 100% - ${tail.length * width}ch)` }}>
        {head}
      </span>
      {tail}
    </>
  );
};
