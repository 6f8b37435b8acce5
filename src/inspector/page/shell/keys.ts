/** The keys that work everywhere; views add theirs with `useKeys`. */
import { useEffect } from 'preact/hooks';

export interface Key {
  readonly keys: string;
  readonly does: string;
}

export const everywhere: readonly Key[] = [
  { keys: '1 … 6', does: 'open a view' },
  { keys: '/', does: 'search' },
  { keys: '?', does: 'show or hide the keys' },
  { keys: 'Esc', does: 'close what is open' },
  { keys: '↑ ↓', does: 'move in a table; Enter opens the row' },
];
export const inMessages: readonly Key[] = [
  { keys: '← →', does: 'one step back or forward, with the state of each actor' },
];
export const inActor: readonly Key[] = [
  { keys: '← →', does: 'one moment back or forward' },
  { keys: 'Space', does: 'play the moments' },
  { keys: 'L', does: 'back to now (live)' },
];

/** Is somebody writing, or using a control that has keys of its own? */
const isBusy = (event: KeyboardEvent): boolean => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea, select, dialog *');
};

/** Is the key one that the focused control needs itself? */
const isOwn = (event: KeyboardEvent): boolean => {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (event.key === ' ' || event.key === 'Enter') return target.matches('a, button, summary, [role=tab]');
  if (event.key.startsWith('Arrow')) return target.closest('[role=tablist], [role=tree], .virtual') !== null;
  return false;
};

/** `on` gets the key and says whether it was for it. */
export function useKeys(on: (key: string, event: KeyboardEvent) => boolean): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!isBusy(event) && !isOwn(event) && on(event.key, event)) event.preventDefault();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  });
}
