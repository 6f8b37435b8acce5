import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { Note } from '../parts/chip.tsx';
import type * as More from '../views/more.ts';
import type { ViewProps } from './views.ts';

const more = signal<typeof More | 'failed' | undefined>(undefined);
let isAsked = false;

/** Load the other views: soon after the first paint, so that they are there even when the server is gone by then. */
export function loadMore(): void {
  if (isAsked) return;
  isAsked = true;
  import('../views/more.ts').then(
    (loaded) => (more.value = loaded),
    () => (more.value = 'failed'),
  );
}

/** A view of which the code may not be there yet. */
export const later = (name: keyof typeof More): ComponentType<ViewProps> =>
  function Later({ session }) {
    const loaded = more.value;
    if (loaded === 'failed')
      return <Note tone="bad">The inspector did not give this part of the page. Start it and reload.</Note>;
    if (loaded === undefined) {
      loadMore();
      return <p class="nothing">Loading…</p>;
    }
    const View = loaded[name];
    return <View session={session} />;
  };
