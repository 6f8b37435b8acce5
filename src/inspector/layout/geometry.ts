/** What a piece of text is: the look follows from it. */
export type Role =
  'title' | 'event' | 'rank' | 'guard' | 'action' | 'keyword' | 'name' | 'note' | 'tag' | 'target' | 'more';

/** A piece of text on one line. `width` is what it is squeezed into. */
export interface Span {
  readonly text: string;
  readonly role: Role;
  readonly x: number;
  readonly width: number;
}

/** `y` is the baseline. All coordinates are those of the whole drawing, in pixels. */
export interface TextLine {
  readonly y: number;
  readonly size: number;
  readonly spans: readonly Span[];
}

/** Something said in a box or at an arrow: what a state does, or one transition. */
export interface Row {
  /** Of a transition: its edge id, and XState's event descriptor. */
  readonly edge?: string;
  readonly event?: string;
  /** All of it, where the lines had to be shortened. */
  readonly full?: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly TextLine[];
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface GeometryNode extends Rectangle {
  /** Id of the state; of an initial pseudo state, the id of its compound state and `:initial`. */
  readonly id: string;
  /** Id of the state it is in; none for the root. */
  readonly parent?: string;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'shallow' | 'deep' | 'initial';
  /** A child of a parallel state. */
  readonly region: boolean;
  /** How the state is called, for a reader. */
  readonly name: string;
  readonly title?: TextLine;
  readonly description?: string;
  readonly rows: readonly Row[];
  /** Height from its top that is for title and rows: nothing else is drawn there. */
  readonly header: number;
}

/** One transition of an arrow. */
export interface Member {
  readonly id: string;
  /** XState's event descriptor. */
  readonly event: string;
}

/** An arrow: what several transitions between the same states have in common. */
export interface GeometryEdge {
  readonly kind: 'transition' | 'initial' | 'default';
  readonly source: string;
  readonly target: string;
  /** The transitions it stands for; of an initial or default arrow, one with an id of its own. */
  readonly members: readonly Member[];
  readonly points: readonly (readonly [x: number, y: number])[];
  /** One row for each transition, unless they are told of in the box of the source, or are too many. */
  readonly label?: Rectangle & { readonly rows: readonly Row[] };
}

/**
 * A chart laid out: plain JSON, all that is needed to draw it. The same chart gives the same bytes.
 * `method`: how it was found; `outline` has no arrows, what is a transition is a row with its target.
 */
export interface Geometry {
  readonly version: 1;
  /** Id of the chart. */
  readonly chart: string;
  readonly method: 'layered' | 'plain' | 'separate' | 'outline';
  readonly direction: 'down' | 'right';
  readonly width: number;
  readonly height: number;
  /** A state stands before what is in it. */
  readonly nodes: readonly GeometryNode[];
  readonly edges: readonly GeometryEdge[];
  /** States or transitions that were not drawn since there are too many, count. */
  readonly omitted: number;
}
