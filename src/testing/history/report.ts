import type { Blame } from './blame.ts';
import type { Condition } from './condition.ts';
import type { Part } from './linearizable.ts';
import type { Operation } from './operation.ts';
import { unknownOutput, type Specification } from './specification.ts';
import { textOfValue } from './text.ts';

/** Operations of an order that are printed at most, count. */
const shown = 12;

/** The judgement in words. */
export function textOf(condition: Condition, spec: Specification, parts: readonly Part[]): string {
  const guilty = parts.filter(({ verdict }) => verdict === 'violated');
  if (guilty.length > 0) return guilty.map((part) => accusation(condition, spec, part)).join('\n');
  const open = parts.filter(({ verdict }) => verdict === 'unknown').length;
  if (open === 0) return `The history is ${condition}.`;
  return `It is not known whether the history is ${condition}: the search was stopped by its bound in ${open} of ${parts.length} parts.`;
}

function accusation(condition: Condition, spec: Specification, { part, blame }: Part): string {
  const where = part === undefined ? '' : ` in part ${JSON.stringify(part)}`;
  const head = `The history is not ${condition}${where}.`;
  if (blame === undefined) return head;
  const { culprit, window } = blame;
  const lines = [head, ...story(spec, blame)];
  if (window.length === 1) return lines.join('\n');
  lines.push('After what was before, these outcomes contradict each other:');
  for (const operation of window)
    lines.push(`${operation === culprit ? '> ' : '  '}${operationText(spec, operation)}`);
  return lines.join('\n');
}

function story(spec: Specification, { culprit, before, state }: Blame): string[] {
  const what = `Nothing explains ${operationText(spec, culprit)}.`;
  if (before === undefined) return [what];
  const last = before.slice(-shown).map((operation) => callText(spec, operation));
  const gap = before.length > shown ? `(${before.length - shown} operations), ` : '';
  const order = before.length === 0 ? 'Nothing happened before it' : `Before it: ${gap}${last.join(', ')}`;
  return [what, `${order}; then the object is ${textOfValue(state)}.`];
}

/** One operation on a line: who, what, and when. */
function operationText(spec: Specification, operation: Operation): string {
  const { process, call, return: end } = operation;
  const time = end === undefined ? `called at ${call}, never returned` : `from ${call} to ${end}`;
  return `${process}: ${callText(spec, operation)} (${time})`;
}

function callText(spec: Specification, { input, output, return: end }: Operation): string {
  const known = end === undefined ? unknownOutput : output;
  if (spec.describe !== undefined) return spec.describe(input, known);
  return `${textOfValue(input)} -> ${known === unknownOutput ? 'unknown' : textOfValue(known)}`;
}
