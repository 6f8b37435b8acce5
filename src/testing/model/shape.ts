/** What a part of a system has to be, and a word for it. */
interface Kind {
  readonly is: (value: unknown) => boolean;
  readonly what: string;
}

type Shape = Readonly<Record<string, Kind>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOf = (value: unknown, is: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(is);

const isText = (value: unknown): boolean => typeof value === 'string';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isEvent = (value: unknown): boolean => isObject(value) && isText(value['type']);
const allAre = (value: unknown, is: (item: unknown) => boolean): boolean =>
  isObject(value) && Object.values(value).every(is);

const oneOf = (...words: readonly string[]): Kind => ({
  is: (value) => words.some((word) => word === value),
  what: words.map((word) => `"${word}"`).join(' or '),
});
const optional = ({ is, what }: Kind): Kind => ({ is: (value) => value === undefined || is(value), what });

const text: Kind = { is: isText, what: 'a text' };
const callback: Kind = { is: isFunction, what: 'a function' };
const texts: Kind = { is: (value) => isListOf(value, isText), what: 'a list of texts' };
const groups: Kind = {
  is: (value) => isListOf(value, (group) => isListOf(group, isText)),
  what: 'a list of lists of names',
};
const callbacks: Kind = { is: (value) => allAre(value, isFunction), what: 'an object of functions' };
const choices: Kind = {
  is: (value) => isFunction(value) || isListOf(value, isEvent),
  what: 'a list of events, or a function that returns one',
};
const durable: Kind = {
  is: (value) =>
    typeof value === 'boolean' || (isObject(value) && isFunction(value['save']) && isFunction(value['load'])),
  what: 'true, false, or { save, load }',
};
const ledger: Kind = {
  is: (value) =>
    isObject(value) && ['sent', 'delivered', 'emitted'].every((entry) => optional(callback).is(value[entry])),
  what: '{ initial, sent, delivered, emitted } with functions',
};

const system: Shape = {
  name: text,
  timers: optional(oneOf('any', 'quiet', 'never')),
  mortal: optional(texts),
  cuts: optional(groups),
  symmetry: optional(groups),
  byzantine: optional(callbacks),
  history: optional(ledger),
  boundary: optional(callback),
  faults: optional({ is: isObject, what: 'an object of counts' }),
  actors: { is: isObject, what: 'an object' },
  properties: { is: Array.isArray, what: 'a list' },
};

const actor: Shape = {
  choices: optional(choices),
  outcomes: optional(callbacks),
  asks: optional(callbacks),
  durable: optional(durable),
  subscribe: optional(texts),
};

const property: Shape = {
  name: text,
  kind: oneOf('always', 'sometimes', 'eventually'),
  holds: callback,
  final: optional({ is: (value) => typeof value === 'boolean', what: 'true or false' }),
  fairness: optional(oneOf('weak', 'strong')),
  about: optional(texts),
};

const said = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  if (isObject(value)) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
};

/** What is wrong with a value of which the compiler does not know; undefined when it has the shape. */
const flaw = (value: unknown, shape: Shape, place: string): string | undefined => {
  if (!isObject(value)) return `${place} must be an object, got ${said(value)}.`;
  for (const [name, { is, what }] of Object.entries(shape))
    if (!is(value[name])) return `${place}.${name} must be ${what}, got ${said(value[name])}.`;
  return undefined;
};

const first = (flaws: readonly (string | undefined)[]): string | undefined =>
  flaws.find((found) => found !== undefined);

const namesFlaw = (names: readonly string[]): string | undefined => {
  const odd = names.find((name) => name.includes('?'));
  return odd === undefined
    ? undefined
    : `No actor may be called "${odd}": in an address, what follows a "?" is a question of the actor before it.`;
};

/** The first thing in a system that is not what its type says; models are also written in JavaScript, or run without a compiler. */
export function flawOf(given: {
  readonly actors: object;
  readonly properties: readonly object[];
}): string | undefined {
  return (
    flaw(given, system, 'system') ??
    namesFlaw(Object.keys(given.actors)) ??
    first(Object.entries(given.actors).map(([name, spec]) => flaw(spec, actor, `actors.${name}`))) ??
    first(given.properties.map((each, at) => flaw(each, property, `properties[${at}]`)))
  );
}
