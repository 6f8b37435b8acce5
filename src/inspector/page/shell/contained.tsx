import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import { Note } from '../parts/chip.tsx';
import { messageOf } from '../parts/words.ts';

interface Props {
  /** Of what is shown: when it is another, it is tried again. */
  readonly of: string;
  readonly children: ComponentChildren;
}

/** What cannot be shown says so in its place, and the rest of the page goes on. */
export const Contained = ({ of, children }: Props) => {
  const [error, again] = useErrorBoundary() as [unknown, () => void];
  useEffect(again, [of]);
  if (error === undefined) return <>{children}</>;
  return (
    <Note tone="bad">
      This view cannot show what came: {messageOf(error)}. The others go on.{' '}
      <button type="button" onClick={again}>
        Try again
      </button>
    </Note>
  );
};
