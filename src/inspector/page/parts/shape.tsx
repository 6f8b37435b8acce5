import { h, type VNode } from 'preact';
import type { Shape } from '../../draw/shape.ts';

/** Says something more of an element: its share of the heat, what a click on it does. */
export type Decorate = (
  attrs: Readonly<Record<string, string | number>>,
) => Readonly<Record<string, unknown>> | undefined;

/** A drawing as elements of the page; only what has changed is touched. */
export function toNode(drawn: Shape, decorate?: Decorate): VNode | string {
  if (typeof drawn === 'string') return drawn;
  const more = decorate?.(drawn.attrs);
  return h(
    drawn.tag,
    more === undefined ? drawn.attrs : { ...drawn.attrs, ...more },
    drawn.children.map((child) => toNode(child, decorate)),
  );
}

let styled: string | undefined;

/** The look of charts comes with them, not with the style sheet: constructed sheets are allowed where inline style is not. */
export function styleCharts(style: string): void {
  if (styled === style) return;
  styled = style;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [sheet];
}
