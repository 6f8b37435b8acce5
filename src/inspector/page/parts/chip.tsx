import type { ComponentChildren } from 'preact';

export type Tone = 'plain' | 'ok' | 'warn' | 'bad' | 'accent';

/** A short text with a sign: colour is never the only signal. */
export const Chip = ({
  tone = 'plain',
  icon,
  title,
  children,
}: {
  readonly tone?: Tone;
  readonly icon?: string | undefined;
  readonly title?: string | undefined;
  readonly children: ComponentChildren;
}) => (
  <span class="chip" data-tone={tone} title={title}>
    {icon === undefined ? null : <span aria-hidden="true">{icon}</span>}
    <span class="text">{children}</span>
  </span>
);

const statuses: Readonly<Record<string, readonly [Tone, string]>> = {
  active: ['ok', '●'],
  running: ['ok', '●'],
  done: ['plain', '✓'],
  stopped: ['plain', '■'],
  error: ['bad', '✗'],
};

/** XState's status of an actor. */
export const StatusChip = ({ status }: { readonly status: string }) => {
  const [tone, icon] = statuses[status] ?? ['plain', '○'];
  return (
    <Chip tone={tone} icon={icon}>
      {status}
    </Chip>
  );
};

/** Something the reader should know, in a box of its own. */
export const Note = ({
  tone = 'plain',
  icon,
  children,
}: {
  readonly tone?: Tone;
  readonly icon?: string;
  readonly children: ComponentChildren;
}) => (
  <div class="note" data-tone={tone}>
    <span aria-hidden="true">
      {icon ?? (tone === 'bad' ? '✗' : tone === 'warn' ? '▲' : tone === 'ok' ? '✓' : 'ℹ')}
    </span>
    <div class="wrap">{children}</div>
  </div>
);

export const CloseButton = ({ onClose }: { readonly onClose: () => void }) => (
  <button type="button" class="bare" aria-label="Close" onClick={onClose}>
    ✕
  </button>
);

/** A box with a heading. */
export const Panel = ({
  title,
  end,
  class: name = '',
  children,
}: {
  readonly title: ComponentChildren;
  readonly end?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}) => (
  <section class={`panel ${name}`}>
    <header>
      <h2>{title}</h2>
      {end === undefined ? null : <div class="end row">{end}</div>}
    </header>
    {children}
  </section>
);

/** A table of a few rows, which scrolls where it is too wide. */
export const PlainTable = ({
  label,
  titles,
  class: name,
  children,
}: {
  readonly label: string;
  readonly titles: readonly string[];
  readonly class?: string;
  readonly children: ComponentChildren;
}) => (
  <div class="scroll" tabIndex={0} role="region" aria-label={label}>
    <table class={name}>
      <thead>
        <tr>
          {titles.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);
