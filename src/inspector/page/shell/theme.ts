import { signal } from '../signal.ts';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'troupe-theme';
const order: readonly Theme[] = ['auto', 'light', 'dark'];

export const theme = signal<Theme>('auto');

const show = (chosen: Theme): void => {
  theme.value = chosen;
  if (chosen === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
};

export function restoreTheme(): void {
  try {
    show(order.find((each) => each === localStorage.getItem(KEY)) ?? 'auto');
  } catch {
    show('auto');
  }
}

export function nextTheme(): void {
  show(order[(order.indexOf(theme.peek()) + 1) % order.length] ?? 'auto');
  try {
    localStorage.setItem(KEY, theme.peek());
  } catch {
    /* Not kept: storage is forbidden. */
  }
}
