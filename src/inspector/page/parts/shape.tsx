import { h, type VNode } from 'preact';
import type { Shape } from '../../draw/shape.ts';
import { chartProperties, chartRules } from '../../draw/theme.ts';

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

let isStyled = false;

/** The look of charts comes with their code, not with the style sheet: constructed sheets are allowed where inline style is not. */
export function styleCharts(): void {
  if (isStyled) return;
  isStyled = true;
  const light = new CSSStyleSheet();
  const dark = `.picture{${chartProperties('dark')}}`;
  light.replaceSync(
    `.picture{${chartProperties('light')}}@media (prefers-color-scheme:dark){${dark}}` +
      `[data-theme=light] .picture{${chartProperties('light')}}[data-theme=dark] ${dark}.picture{${chartRules()}}`,
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, light];
}
