import type { Sequence } from '../draw/sequence.ts';
import { badRequest } from './refusal.ts';
import { objectOf } from './requests.ts';

/** A diagram as a request has it, checked. All throw TroupeError INVALID_REQUEST. */

type Fields = Readonly<Record<string, unknown>>;

const wrong = (name: string): Error => badRequest(`"${name}" of the diagram is missing, or of another type.`);

const number = (of: Fields, name: string): number => {
  const value = of[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(name);
};

const text = (of: Fields, name: string): string => {
  const value = of[name];
  if (typeof value === 'string') return value;
  throw wrong(name);
};

const list = (of: Fields, name: string): readonly unknown[] => {
  const value = of[name];
  if (Array.isArray(value)) return value;
  throw wrong(name);
};

const objects = (of: Fields, name: string): readonly Fields[] =>
  list(of, name).map((each) => objectOf(each, `"${name}"`));

export function sequenceOf(value: unknown): Sequence {
  const diagram = objectOf(value, '"diagram"');
  return {
    lifelines: list(diagram, 'lifelines').map(String),
    groups: objects(diagram, 'groups').map((each) => ({
      label: text(each, 'label'),
      from: number(each, 'from'),
    })),
    marks: objects(diagram, 'marks').map((each) => ({
      column: number(each, 'column'),
      row: number(each, 'row'),
    })),
    messages: objects(diagram, 'messages').map((each) => ({
      name: text(each, 'name'),
      kind: text(each, 'kind'),
      fate: text(each, 'fate'),
      duplicate: each['duplicate'] === true,
      reason: text(each, 'reason'),
      to: text(each, 'to'),
      fromColumn: number(each, 'fromColumn'),
      fromRow: number(each, 'fromRow'),
      toColumn: number(each, 'toColumn'),
      toRow: number(each, 'toRow'),
      stub: each['stub'] === true,
    })),
    rows: number(diagram, 'rows'),
  };
}
