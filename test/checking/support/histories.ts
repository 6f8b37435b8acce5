import { readFileSync } from 'node:fs';
import type { CasRegisterInput, KeyValueInput } from '../../../src/testing/history/objects.ts';
import type { Operation } from '../../../src/testing/history/operation.ts';

/** A published history with its published verdict. */
export interface Published<TInput> {
  readonly name: string;
  readonly good: boolean;
  readonly history: readonly Operation<TInput>[];
}

/** One line each: name, verdict, tokens. See fixtures/README.md. */
function read<TInput>(
  file: string,
  inputOf: (text: string) => TInput,
  outputOf: (text: string) => unknown,
): Published<TInput>[] {
  const text = readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', verdict, ...tokens] = line.split(' ');
      const history: Operation<TInput>[] = [];
      const open = new Map<string, number>();
      tokens.forEach((token, time) => {
        const [, process = '', rest = ''] = /^(\d+)(.*)$/.exec(token)!;
        if (rest === '?') open.delete(process);
        else if (rest.startsWith('=') || rest === '!') {
          const at = open.get(process)!;
          history[at] = { ...history[at]!, output: outputOf(rest), return: time };
          open.delete(process);
        } else open.set(process, history.push({ process, input: inputOf(rest), call: time }) - 1);
      });
      return { name, good: verdict === 'good', history };
    });
}

export const etcdHistories = (): Published<CasRegisterInput>[] =>
  read(
    'etcd-histories.txt',
    (text) => {
      if (text === 'r') return { op: 'read' };
      if (text.startsWith('w')) return { op: 'write', value: Number(text.slice(1)) };
      const [from, to] = text.slice(1).split('>').map(Number);
      return { op: 'cas', from: from!, to: to! };
    },
    (text) => {
      if (text === '=') return true;
      if (text === '!') return false;
      return text === '=nil' ? null : Number(text.slice(1));
    },
  );

const valueOf = (text: string): string =>
  text === '-'
    ? ''
    : text
        .split('+')
        .map((item) => `x ${item.replace('.', ' ')} y`)
        .join('');

const names = { g: 'get', p: 'put', a: 'append' } as const;

export const keyValueHistories = (): Published<KeyValueInput>[] =>
  read(
    'key-value-histories.txt',
    (text) => {
      const [key = '', value = '-'] = text.slice(1).split(':');
      const op = names[text[0] as 'g' | 'p' | 'a'];
      return op === 'get' ? { op, key } : { op, key, value: valueOf(value) };
    },
    (text) => (text === '=' ? undefined : valueOf(text.slice(1))),
  );
