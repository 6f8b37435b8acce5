import { TroupeError } from '../errors.ts';

/** Where a rule stands: what is below it, and whether it is itself to be hidden. */
export interface Rule {
  readonly below: Map<string, Rule>;
  isHidden: boolean;
}

/** Of what a path may begin: the parts of an actor that are told of. */
const roots = ['context', 'event', 'input', 'output', 'error'] as const;
export type Root = (typeof roots)[number];

/** What takes the place of a hidden value. */
export const HIDDEN = '(redacted)';

/**
 * Paths by kind of actor (the machine's id, or `*` for all): `{ order: ['context.card', 'event.password', 'output.token'] }`. `*` in a path is
 * any key, and a list is passed through: `context.items.price` hides the price of every item. An event goes from one kind to another, so a
 * path that begins with `event` holds for the events of all kinds.
 */
export type Redaction = Readonly<Record<string, readonly string[]>>;

/** The paths of a redaction, ready to be walked along with a value. */
export class Rules {
  readonly #byKind = new Map<string, Rule>();
  readonly #all = newRule();
  readonly #events = newRule();

  isAny = false;

  /** @throws TroupeError INVALID_OPTION naming the path */
  constructor(redaction: Redaction = {}) {
    for (const [kind, paths] of Object.entries(redaction)) {
      if (!Array.isArray(paths)) throw invalid(kind, paths);
      for (const path of paths as readonly unknown[]) this.#add(kind, path);
    }
  }

  /** The rules for a part of an actor of that kind; several may hold. */
  of(kind: string, root: Root): readonly Rule[] {
    if (root === 'event') return present(this.#events);
    return [...present(this.#byKind.get(kind)?.below.get(root)), ...present(this.#all.below.get(root))];
  }

  #add(kind: string, path: unknown): void {
    const segments = typeof path === 'string' ? path.split('.') : [];
    const [root] = segments;
    if (!roots.includes(root as Root) || segments.includes('')) throw invalid(kind, path);
    this.isAny = true;
    if (root === 'event') return hide(this.#events, segments.slice(1));
    let rule = kind === '*' ? this.#all : this.#byKind.get(kind);
    if (rule === undefined) this.#byKind.set(kind, (rule = newRule()));
    hide(rule, segments);
    // What an actor is done with, and what its work gives, reaches others as an event.
    if (root === 'output') hide(this.#events, segments);
  }
}

/** The rules that hold for what is under `key`. */
export function below(rules: readonly Rule[], key: string): readonly Rule[] {
  if (rules.length === 0) return rules;
  return rules.flatMap((rule) => [...present(rule.below.get(key)), ...present(rule.below.get('*'))]);
}

const newRule = (): Rule => ({ below: new Map(), isHidden: false });

const present = (rule: Rule | undefined): readonly Rule[] =>
  rule === undefined || (!rule.isHidden && rule.below.size === 0) ? [] : [rule];

function hide(from: Rule, segments: readonly string[]): void {
  let rule = from;
  for (const segment of segments) {
    let next = rule.below.get(segment);
    if (next === undefined) rule.below.set(segment, (next = newRule()));
    rule = next;
  }
  rule.isHidden = true;
}

const invalid = (kind: string, path: unknown): TroupeError =>
  new TroupeError(
    'INVALID_OPTION',
    `inspect.redact of "${kind}" has ${JSON.stringify(path)}: give a list of paths such as "context.card.number"; each begins with ${roots.join(', ')}.`,
  );
