import type { Shape } from './shape.ts';
import { shape } from './shape.ts';
import { standaloneStyle } from './theme.ts';

/** What XML 1.0 allows, and no way out of where it stands. */
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(FORBIDDEN, '\uFFFD')
    .replace(/[&<>"'\n\r\t]/g, (character) => entities[character] ?? '');

/** Shapes as the text of an XML fragment. */
export function toXml(drawn: Shape): string {
  if (typeof drawn === 'string') return escapeXml(drawn);
  const attrs = Object.entries(drawn.attrs).map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`);
  const open = `<${drawn.tag}${attrs.join('')}`;
  return drawn.children.length === 0
    ? `${open}/>`
    : `${open}>${drawn.children.map(toXml).join('')}</${drawn.tag}>`;
}

export interface SvgOptions {
  /** Default `auto`: that of who looks at it. */
  readonly theme?: 'light' | 'dark' | 'auto';
}

/** A drawing as a file: its style within it, nothing outside it needed. One line for each child of the root. */
export function toSvg(drawn: Shape, { theme = 'auto' }: SvgOptions = {}): string {
  if (typeof drawn === 'string') return escapeXml(drawn);
  const { children, attrs } = drawn;
  const opened = toXml(shape(drawn.tag, attrs)).replace(/\/>$/, '>');
  // The style is ours and has nothing of the user in it; escaped it would not be read.
  const style = `<style>\n${standaloneStyle(theme)}\n</style>`;
  return `${[opened, style, ...children.map(toXml), `</${drawn.tag}>`].join('\n')}\n`;
}
