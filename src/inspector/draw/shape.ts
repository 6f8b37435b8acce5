/**
 * A drawing as plain data. The page makes elements of it, the command line text (svg.ts): one drawing, two hands. Nothing here knows a browser or
 * Node.
 */
export type Shape = Element | string;

export interface Element {
  readonly tag: string;
  readonly attrs: Readonly<Record<string, string | number>>;
  readonly children: readonly Shape[];
  /** Of an arrow: the transitions that it stands for. */
  readonly edges?: readonly string[];
  /** Of a transition: its state, and XState's event descriptor. */
  readonly trigger?: readonly [state: string, event: string];
}

/** Attributes that are undefined are left out. */
export const shape = (
  tag: string,
  attrs: Readonly<Record<string, string | number | undefined>> = {},
  children: readonly Shape[] = [],
): Element => ({
  tag,
  attrs: Object.fromEntries(
    Object.entries(attrs).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  ),
  children,
});

/** Class names in the order given; what is false is left out. */
export const classes = (...names: readonly (string | false | undefined)[]): string =>
  names.filter((name) => name !== false && name !== undefined && name !== '').join(' ');
