import { useState } from 'preact/hooks';
import { changes, shown, type Change, type Changed } from '../model/value.ts';
import { cut } from './words.ts';

const FIRST = 50;
const LONGEST = 300;

const words: Readonly<Record<Change, readonly [sign: string, word: string]>> = {
  added: ['+', 'new'],
  changed: ['~', 'changed'],
  inside: ['~', 'changed inside'],
  removed: ['−', 'removed'],
};

const Atom = ({ value }: { readonly value: unknown }) => {
  const what = shown(value);
  return (
    <span
      class={what.kind === 'atom' && what.isText ? 'text' : 'atom'}
      title={what.text.length > LONGEST ? cut(what.text, 5_000) : undefined}
    >
      {cut(what.text, LONGEST)}
    </span>
  );
};

const Key = ({ part: { key, change } }: { readonly part: Changed }) => (
  <>
    {change === undefined ? null : (
      <span class="mark" title={words[change][1]}>
        <span aria-hidden="true">{words[change][0]} </span>
        <span class="unseen">{words[change][1]}: </span>
      </span>
    )}
    <span class="key">{cut(key, 100)}: </span>
  </>
);

/** One part: an atom on a line, or something to open. */
const Item = ({
  part,
  isDiff,
  depth,
}: {
  readonly part: Changed;
  readonly isDiff: boolean;
  readonly depth: number;
}) => {
  const what = shown(part.value);
  const isOpenFirst =
    part.change === 'inside' || (depth === 0 && what.kind !== 'atom' && what.parts.length <= 8);
  const [open, setOpen] = useState(isOpenFirst);
  const isLeaf = what.kind === 'atom' || (what.parts.length === 0 && part.change !== 'inside');
  if (isLeaf || part.change === 'removed')
    return (
      <li data-change={part.change}>
        <div class="line">
          <Key part={part} />
          {part.change === 'changed' ? (
            <>
              <span class="was">{cut(shown(part.was).text, 80)}</span> →{' '}
            </>
          ) : null}
          <Atom value={part.value} />
        </div>
      </li>
    );
  return (
    <li data-change={part.change}>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <Key part={part} />
          <span class="soft">{what.text}</span>
        </summary>
        {open ? (
          <Parts
            value={part.value}
            before={part.was}
            isDiff={isDiff && part.change === 'inside'}
            depth={depth + 1}
          />
        ) : null}
      </details>
    </li>
  );
};

const Parts = ({
  value,
  before,
  isDiff,
  depth,
}: {
  readonly value: unknown;
  readonly before: unknown;
  readonly isDiff: boolean;
  readonly depth: number;
}) => {
  const [most, setMost] = useState(FIRST);
  const what = shown(value);
  if (what.kind === 'atom') return <Atom value={value} />;
  const parts = isDiff ? changes(value, before) : what.parts;
  if (parts.length === 0) return <span class="soft">{what.text}</span>;
  return (
    <ul>
      {parts.slice(0, most).map((part) => (
        <Item key={part.key} part={part} isDiff={isDiff} depth={depth} />
      ))}
      {parts.length > most ? (
        <li>
          <button type="button" class="bare" onClick={() => setMost(most * 4)}>
            {parts.length - most} more…
          </button>
        </li>
      ) : null}
    </ul>
  );
};

/** A recorded value as a tree; with `before`, what has changed since is marked. */
export const ValueTree = ({
  value,
  before,
  isDiff = false,
}: {
  readonly value: unknown;
  readonly before?: unknown;
  readonly isDiff?: boolean;
}) => (
  <div class="value">
    <Parts value={value} before={before} isDiff={isDiff} depth={0} />
  </div>
);
