import type { Closing } from './audit.ts';
import type { Order } from './order.ts';
import type { Style } from './styles/style.ts';
import type { Tally } from './tally.ts';

/** What became of the orders in one style. */
export interface StyleReport {
  readonly style: Style['name'];
  readonly orders: number;
  readonly confirmed: number;
  /** Orders by the code of the refusal. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly unfinished: number;
  /** Orders whose money was taken and given back. */
  readonly compensated: number;
  readonly seconds: number;
  /** Sent by all nodes, those of the runtime itself included. */
  readonly messages: number;
  readonly breakerOpenings: number;
  /** How often the payment service came back. */
  readonly restarts: number;
  readonly deadLetters: number;
  /** What the audit of the books found; money and goods are conserved when it is empty. */
  readonly problems: readonly string[];
  readonly conserved: boolean;
}

export interface Report {
  readonly mode: 'in-process' | 'nats';
  /** Processes killed with SIGKILL. */
  readonly killed: number;
  readonly styles: readonly StyleReport[];
  readonly conserved: boolean;
}

interface Run extends Pick<StyleReport, 'seconds' | 'messages' | 'deadLetters' | 'problems'> {
  readonly style: Style;
  readonly orders: readonly Order[];
  readonly tally: Tally;
  readonly closing: Closing;
}

export function summarise({ style, orders, tally, closing, ...measured }: Run): StyleReport {
  const rejected: Record<string, number> = {};
  for (const outcome of tally.outcomes.values()) {
    if (outcome.status === 'rejected') rejected[outcome.reason] = (rejected[outcome.reason] ?? 0) + 1;
  }
  const refunds = Object.values(closing.ledger.charges).filter(({ status }) => status === 'refunded');
  const lies = orders.filter(({ id }) => tally.outcomes.get(id)?.status !== closing.orderBook.orders[id]);
  const problems = [
    ...measured.problems,
    ...lies.map(({ id }) => `${id} was said to be ${tally.outcomes.get(id)?.status ?? 'nothing'}.`),
  ];
  return {
    style: style.name,
    orders: orders.length,
    confirmed: [...tally.outcomes.values()].filter(({ status }) => status === 'confirmed').length,
    rejected: Object.fromEntries(Object.entries(rejected).sort()),
    unfinished: orders.length - tally.ended,
    compensated: refunds.length,
    seconds: Math.round(measured.seconds * 100) / 100,
    messages: measured.messages,
    breakerOpenings: tally.openings,
    restarts: tally.readies(style.victim),
    deadLetters: measured.deadLetters,
    problems,
    conserved: problems.length === 0,
  };
}
