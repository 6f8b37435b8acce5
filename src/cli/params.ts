import { InvalidArgumentError } from 'commander';
import type { Param, Params } from './load-system.ts';

const valueOf = (text: string): Param => {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'Infinity') return Infinity;
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
};

/** One `--param k=v` more: a number where it looks like one, true or false, else text. */
export function parseParam(text: string, before: Params = {}): Params {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  if (at < 1) throw new InvalidArgumentError(`It must be NAME=VALUE.`);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`"${name}" is given twice.`);
  return { ...before, [name]: valueOf(text.slice(at + 1)) };
}
