import { signal } from '../signal.ts';
import { useEffect, useRef } from 'preact/hooks';
import { toHash } from '../selection.ts';
import type { Session } from '../session.ts';
import { Banners } from './banners.tsx';
import { ConnectionChip } from './connection.tsx';
import { Contained } from './contained.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { useKeys } from './keys.ts';
import { Search } from './search.tsx';
import { seenIn } from './seen-in.ts';
import { nextTheme, theme } from './theme.ts';
import { pages, type ViewProps } from './views.ts';

const areKeysShown = signal(false);

const Nav = ({ session }: ViewProps) => {
  const { view: current } = session.selection.value;
  return (
    <nav aria-label="Views">
      <ul>
        {pages.map(({ view, title }) => (
          <li key={view}>
            <a href={toHash(seenIn(session, view))} aria-current={view === current ? 'page' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
};

const icons = { auto: '◐', light: '☀', dark: '☾' } as const;

const Header = ({ session }: ViewProps) => {
  const { name, source } = session.about.value;
  return (
    <header class="top">
      <p class="brand cut">
        <strong>Troupe</strong>
        {name === '' ? null : (
          <span class="cut" title={`${source}: ${name}`}>
            {name} <span class="soft">{source}</span>
          </span>
        )}
      </p>
      <Nav session={session} />
      <Search session={session} />
      <ConnectionChip session={session} />
      <button
        type="button"
        class="bare"
        onClick={nextTheme}
        aria-label={`Colours: ${theme.value}`}
        title={`Colours: ${theme.value}`}
      >
        {icons[theme.value]}
      </button>
      <button
        type="button"
        class="bare"
        onClick={() => (areKeysShown.value = true)}
        aria-label="Keys"
        title="Keys (?)"
      >
        ?
      </button>
    </header>
  );
};

const useShellKeys = (session: Session): void =>
  useKeys((key) => {
    const page = /^[1-6]$/.test(key) ? pages[Number(key) - 1] : undefined;
    if (page !== undefined) session.select({ ...seenIn(session, page.view), step: undefined });
    else if (key === '?') areKeysShown.value = !areKeysShown.value;
    else return false;
    return true;
  });

/** The frame around the views. */
export const Shell = ({ session }: ViewProps) => {
  useShellKeys(session);
  const main = useRef<HTMLElement>(null);
  const { view, address } = session.selection.value;
  const page = pages.find((each) => each.view === view) ?? pages[0];
  const isFirst = useRef(true);
  const { name } = session.about.value;
  useEffect(() => {
    document.title = `${page?.title ?? ''}${name === '' ? '' : ` · ${name}`} · Troupe inspector`;
  }, [page, name]);
  useEffect(() => {
    // A new view begins at its beginning; the first must not steal the focus.
    if (!isFirst.current) window.scrollTo(0, 0);
    // What had the focus may be gone with the old view.
    if (!isFirst.current && document.activeElement === document.body)
      main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [view, address]);
  if (page === undefined) return null;
  const Page = page.component;
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <Header session={session} />
      <Banners session={session} />
      <main id="main" ref={main} tabIndex={-1} aria-label={page.title}>
        <Contained of={toHash(session.selection.value)}>
          <Page session={session} />
        </Contained>
      </main>
      {areKeysShown.value ? <KeysDialog onClose={() => (areKeysShown.value = false)} /> : null}
    </>
  );
};
