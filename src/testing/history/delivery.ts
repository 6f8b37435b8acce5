import { keyOf } from '../../kernel/key.ts';
import { checkChoice } from './choice.ts';
import { checkHistory, type Judgement, type Operation } from './operation.ts';
import { counted, textOfValue } from './text.ts';

/** A `send` puts one value into a stream; a `receive` returns one value, or several as `{ values }`. Each value is sent once. */
export type StreamInput = { readonly op: 'send'; readonly value: unknown } | { readonly op: 'receive' };

export type StreamOperation = Operation<StreamInput>;

export type DeliveryFault = 'lost' | 'duplicated' | 'reordered' | 'unexpected';

export interface DeliveryOptions {
  /** What must not happen. Default: all four. */
  readonly forbidden?: readonly DeliveryFault[];
  /** Receivers that share a stream, each value for one of them; otherwise every receiver gets all. Default false. */
  readonly shared?: boolean;
}

export interface Finding {
  readonly fault: DeliveryFault;
  /** The send or sends it is about, then the receives. */
  readonly operations: readonly StreamOperation[];
  readonly text: string;
}

export interface DeliveryJudgement extends Judgement {
  /** By fault: how often. */
  readonly counts: Readonly<Record<DeliveryFault, number>>;
  /** The first of each fault, forbidden or not. */
  readonly findings: readonly Finding[];
}

interface Receipt {
  readonly name: string;
  readonly operation: StreamOperation;
}

const faults: readonly DeliveryFault[] = ['lost', 'duplicated', 'reordered', 'unexpected'];

/**
 * What a stream made of what was sent into it: values acknowledged and never received, received twice, received in another order
 * than one process sent them in, or never sent. The history has to end after everything that will ever be received was.
 * @throws TroupeError INVALID_HISTORY for an operation that returns before it is called, INVALID_OPTION for an unknown fault
 */
export function delivery(
  history: readonly StreamOperation[],
  options: DeliveryOptions = {},
): DeliveryJudgement {
  const { forbidden = faults, shared = false } = options;
  for (const fault of forbidden) checkChoice('fault', fault, faults);
  checkHistory(history);
  const sends = history.filter(({ input }) => input.op === 'send').sort((a, b) => a.call - b.call);
  const receivers = receiptsOf(history, shared);
  const found = [...receivers.entries()].flatMap(([who, receipts]) => [
    ...lost(sends, receipts, who),
    ...duplicated(sends, receipts),
    ...reordered(sends, receipts, who),
    ...unexpected(sends, receipts),
  ]);
  const counts = Object.fromEntries(
    faults.map((fault) => [fault, found.filter((each) => each.fault === fault).length]),
  ) as Record<DeliveryFault, number>;
  const findings = faults.flatMap((fault) => found.find((each) => each.fault === fault) ?? []);
  const bad = findings.filter(({ fault }) => forbidden.includes(fault));
  const text =
    bad.length === 0
      ? `${counted(sends.length, 'value')} sent; nothing was ${forbidden.join(', ')}.`
      : bad.map(({ fault, text: what }) => `${counts[fault]} ${fault}; the first: ${what}.`).join('\n');
  return { verdict: bad.length === 0 ? 'holds' : 'violated', counts, findings, text };
}

/** In order of receipt, by receiver; all in one when they share. Somebody who received nothing cannot be known. */
function receiptsOf(history: readonly StreamOperation[], shared: boolean): Map<string, Receipt[]> {
  const receivers = new Map<string, Receipt[]>();
  if (shared) receivers.set('anybody', []);
  const done = history.filter(
    ({ input, return: end, failed }) => input.op === 'receive' && end !== undefined && failed !== true,
  );
  done.sort((a, b) => (a.return as number) - (b.return as number));
  for (const operation of done) {
    const who = shared ? 'anybody' : String(operation.process);
    const receipts = receivers.get(who) ?? [];
    receivers.set(who, receipts);
    for (const value of valuesOf(operation.output)) receipts.push({ name: keyOf(value), operation });
  }
  return receivers.size === 0 ? new Map([['anybody', []]]) : receivers;
}

const valuesOf = (output: unknown): readonly unknown[] => {
  if (output === undefined || output === null) return [];
  if (typeof output === 'object' && 'values' in output && Array.isArray(output.values)) return output.values;
  return [output];
};

const nameOf = ({ input }: StreamOperation): string => keyOf(input.op === 'send' ? input.value : undefined);
const textOf = ({ input }: StreamOperation): string =>
  textOfValue(input.op === 'send' ? input.value : undefined);

function lost(sends: readonly StreamOperation[], receipts: readonly Receipt[], who: string): Finding[] {
  const names = new Set(receipts.map(({ name }) => name));
  return sends
    .filter((send) => send.return !== undefined && send.failed !== true && !names.has(nameOf(send)))
    .map((send) => ({
      fault: 'lost',
      operations: [send],
      text: `${textOf(send)} of ${send.process}, acknowledged and never received by ${who}`,
    }));
}

function duplicated(sends: readonly StreamOperation[], receipts: readonly Receipt[]): Finding[] {
  const sentAs = new Map(sends.map((send) => [nameOf(send), send]));
  const first = new Map<string, StreamOperation>();
  return receipts.flatMap(({ name, operation }): Finding[] => {
    const before = first.get(name);
    if (before === undefined) first.set(name, operation);
    const send = sentAs.get(name);
    if (before === undefined || send === undefined) return [];
    const text = `${textOf(send)} of ${send.process}, received by ${before.process} and again by ${operation.process}`;
    return [{ fault: 'duplicated', operations: [send, before, operation], text }];
  });
}

/** Receipts that come after one that was sent later by the same process; of each value the first receipt counts. */
function reordered(sends: readonly StreamOperation[], receipts: readonly Receipt[], who: string): Finding[] {
  const rank = new Map(sends.map((send, at) => [nameOf(send), { send, at }]));
  const seen = new Set<string>();
  const latest = new Map<
    string | number,
    { readonly send: StreamOperation; readonly at: number; readonly operation: StreamOperation }
  >();
  return receipts.flatMap(({ name, operation }): Finding[] => {
    const sent = rank.get(name);
    if (sent === undefined || seen.has(name)) return [];
    seen.add(name);
    const { send, at } = sent;
    const ahead = latest.get(send.process);
    if (ahead === undefined || ahead.at < at) {
      latest.set(send.process, { send, at, operation });
      return [];
    }
    // Sent while the other was still under way: no order was asked for.
    if ((send.return ?? Infinity) > ahead.send.call) return [];
    const text = `${textOf(ahead.send)} overtook ${textOf(send)}, both of ${send.process}, on the way to ${who}`;
    return [{ fault: 'reordered', operations: [send, ahead.send, ahead.operation, operation], text }];
  });
}

function unexpected(sends: readonly StreamOperation[], receipts: readonly Receipt[]): Finding[] {
  const names = new Set(sends.filter(({ failed }) => failed !== true).map(nameOf));
  return receipts
    .filter(({ name }) => !names.has(name))
    .map(({ name, operation }) => ({
      fault: 'unexpected',
      operations: [operation],
      text: `${name}, received by ${operation.process}, was never sent`,
    }));
}
