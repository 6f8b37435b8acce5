import { TroupeError } from '../../errors.ts';
import { checkHistory, type Judgement, type Operation } from './operation.ts';
import { textOfValue } from './text.ts';

export type BankInput =
  | { readonly op: 'read' }
  | { readonly op: 'transfer'; readonly from: string; readonly to: string; readonly amount: number };

/** By account. A `read` returns all of them. */
export type Balances = Readonly<Record<string, number>>;

export interface BankOptions {
  /** What is in all accounts together, always. */
  readonly total: number;
  /** May an account be overdrawn? Default false. */
  readonly overdraft?: boolean;
  /** Accounts each read has to show. Default: any. */
  readonly accounts?: readonly string[];
}

export interface BankJudgement extends Judgement {
  /** The first read, by its return, that shows what cannot be, and the transfers under way at some moment of it, by call. */
  readonly read?: Operation<BankInput, Balances>;
  readonly transfers: readonly Operation<BankInput, Balances | undefined>[];
}

/**
 * Does every read show all the money, no more and no less (Jepsen's bank test)? Transfers move money between accounts; a read is a
 * snapshot of all accounts.
 * @throws TroupeError INVALID_OPTION for a total that is no number, INVALID_HISTORY for a read that returned no balances
 */
export function bank(
  history: readonly Operation<BankInput, Balances | undefined>[],
  options: BankOptions,
): BankJudgement {
  const { total } = options;
  if (!Number.isFinite(total))
    throw new TroupeError('INVALID_OPTION', `total must be a number, got ${String(total)}.`);
  checkHistory(history);
  const reads = history
    .filter(({ input, return: end, failed }) => input.op === 'read' && end !== undefined && failed !== true)
    .map((read) => ({ read, wrong: wrongIn(balancesOf(read), options) }));
  const bad = reads.filter(({ wrong }) => wrong !== undefined);
  bad.sort((a, b) => (a.read.return as number) - (b.read.return as number));
  const [first] = bad;
  if (first === undefined)
    return { verdict: 'holds', transfers: [], text: `All ${reads.length} reads show ${total} in all.` };
  const { read, wrong } = first as { readonly read: Operation<BankInput, Balances>; readonly wrong: string };
  const transfers = history.filter(
    ({ input, call, return: end = Infinity, failed }) =>
      input.op === 'transfer' && failed !== true && call <= (read.return as number) && end >= read.call,
  );
  transfers.sort((a, b) => a.call - b.call);
  const lines = transfers.map(
    ({ process, input }) =>
      `  ${process}: ${input.op === 'transfer' ? `${input.amount} from ${input.from} to ${input.to}` : ''}`,
  );
  const under = lines.length === 0 ? ['No transfer was under way.'] : ['Transfers under way:', ...lines];
  const head = `${bad.length} of ${reads.length} reads show what cannot be. The first, by ${read.process}: ${textOfValue(read.output)}`;
  return { verdict: 'violated', read, transfers, text: [`${head}, ${wrong}.`, ...under].join('\n') };
}

function balancesOf({ process, output }: Operation<BankInput, Balances | undefined>): Balances {
  if (typeof output === 'object' && Object.values(output).every((amount) => typeof amount === 'number'))
    return output;
  throw new TroupeError(
    'INVALID_HISTORY',
    `A read of ${process} returned ${textOfValue(output)}; it must be a number by account.`,
  );
}

function wrongIn(
  balances: Balances,
  { total, overdraft = false, accounts = [] }: BankOptions,
): string | undefined {
  const missing = accounts.filter((account) => !Object.hasOwn(balances, account));
  if (missing.length > 0) return `without ${missing.join(', ')}`;
  const sum = Object.values(balances).reduce((so, amount) => so + amount, 0);
  if (sum !== total) return `${sum} in place of ${total}`;
  const [poor] = Object.entries(balances).filter(([, amount]) => amount < 0);
  return poor === undefined || overdraft ? undefined : `with ${poor[0]} overdrawn`;
}
