import type { ComponentChildren } from 'preact';

export interface Tab<Name extends string = string> {
  readonly name: Name;
  readonly title: ComponentChildren;
}

const prefix = 'tabs';

/** Tabs with the arrow keys; the panel is whatever the caller shows for `selected`. */
export function Tabs<Name extends string>({
  label,
  tabs,
  selected,
  onSelect,
  children,
}: {
  readonly label: string;
  readonly tabs: readonly Tab<Name>[];
  readonly selected: Name;
  readonly onSelect: (name: Name) => void;
  readonly children: ComponentChildren;
}) {
  const move = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(({ name }) => name === selected);
    const next = Number.isFinite(by) ? (at + by + tabs.length) % tabs.length : by < 0 ? 0 : tabs.length - 1;
    const tab = tabs[next];
    if (tab === undefined) return;
    onSelect(tab.name);
    (event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  const id = (name: string): string => `${prefix}-${label}-${name}`.replace(/\s/g, '-');
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={id(name)}
            aria-selected={name === selected}
            aria-controls={id('panel')}
            tabIndex={name === selected ? 0 : -1}
            onClick={() => onSelect(name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={id('panel')} aria-labelledby={id(selected)}>
        {children}
      </div>
    </>
  );
}
