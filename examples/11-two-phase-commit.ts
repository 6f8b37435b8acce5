/**
 * Money leaves one bank and arrives at another, or neither: two-phase commit with the very charts that
 * `npx troupe check examples/model-checking/two-phase-commit.ts` explores. Three nodes in this process; over NATS when NATS_URL names a
 * server.
 */
import { fromPromise } from 'xstate';
import { createSystem, local, localNetwork, silentLogger, type System } from 'troupe';
import {
  twoPhaseCoordinator,
  twoPhaseParticipant,
  type PrepareInput,
  type RecordInput,
  type TransactionEmitted,
} from 'troupe/machines';
import { nats } from 'troupe/nats';

const network = localNetwork();
const servers = process.env['NATS_URL'];

const join = async (node: string): Promise<System> =>
  createSystem({
    node,
    transport: servers === undefined ? local(network) : nats({ servers }),
    log: silentLogger,
  });

/** A bank with one account. What a transaction wants is held until it is decided; a real one would keep `held` on disk. */
class Bank {
  balance: number;
  readonly #held = new Map<string, number>();

  constructor(balance: number) {
    this.balance = balance;
  }

  /** The participant's chart with the work of this bank: `amount` is added, or taken when it is negative. */
  participant(amount: number): typeof twoPhaseParticipant {
    return twoPhaseParticipant.provide({
      actors: {
        prepare: fromPromise<unknown, PrepareInput>(async ({ input: { transaction } }) => {
          const held = [...this.#held.values()].reduce((sum, each) => sum + Math.min(each, 0), 0);
          if (this.balance + held + amount < 0) throw new Error('There is not enough money.');
          this.#held.set(transaction, amount);
        }),
      },
      actions: {
        commit: ({ context }) => {
          this.balance += this.#held.get(context.transaction) ?? 0;
          this.#held.delete(context.transaction);
        },
        rollback: ({ context }) => void this.#held.delete(context.transaction),
      },
    });
  }
}

const banks = { north: new Bank(100), south: new Bank(0) };
const nodes = { desk: await join('desk'), north: await join('north'), south: await join('south') };

/** The log of the coordinators: which transactions commit. It outlives them. */
const log = new Set<string>();

/** Resolves when both banks know how a transaction has ended. */
async function decided(transaction: string): Promise<string> {
  const heard = new Map<string, string>();
  return new Promise((resolve) => {
    const subscription = nodes.desk.subscribe<TransactionEmitted>('transaction.*', (event) => {
      if (event.transaction !== transaction || event.participant === undefined) return;
      heard.set(event.participant, event.type);
      if (heard.size < 2) return;
      subscription.unsubscribe();
      resolve([...new Set(heard.values())].join(' and '));
    });
  });
}

/** Each bank does its part on its own node; their votes decide. */
async function vote(transaction: string, amount: number): Promise<void> {
  for (const [name, change] of [['north', -amount] as const, ['south', amount] as const])
    await nodes[name].spawn(banks[name].participant(change), {
      id: `${transaction}/${name}`,
      input: {
        transaction,
        participant: `${transaction}/${name}`,
        coordinator: transaction,
        inquireEvery: 50,
      },
    });
}

const input = (transaction: string) => ({
  transaction,
  participants: [`${transaction}/north`, `${transaction}/south`],
});

const recording = twoPhaseCoordinator.provide({
  actors: {
    record: fromPromise<unknown, RecordInput>(async ({ input: { transaction } }) => log.add(transaction)),
  },
});

async function transfer(transaction: string, amount: number): Promise<void> {
  const end = decided(transaction);
  await nodes.desk.spawn(recording, { id: transaction, input: input(transaction) });
  await vote(transaction, amount);
  console.log(`${transaction}: ${amount} from north to south: ${await end}`);
}

/** The coordinator has written its decision down, and is gone before it can tell anybody. */
async function interrupted(transaction: string, amount: number): Promise<void> {
  const end = decided(transaction);
  let recorded = (): void => undefined;
  const isRecorded = new Promise<void>((resolve) => (recorded = resolve));
  const dying = twoPhaseCoordinator.provide({
    actors: {
      record: fromPromise<unknown, RecordInput>(async () => {
        log.add(transaction);
        recorded();
        return new Promise(() => undefined);
      }),
    },
  });
  const first = await nodes.desk.spawn(dying, { id: transaction, input: input(transaction) });
  await vote(transaction, amount);
  await isRecorded;
  await first.stop();
  const { state } = await nodes.north
    .ref<typeof twoPhaseParticipant>(`${transaction}/north`)
    .ask({ type: 'STATUS' });
  console.log(`${transaction}: the coordinator is gone, north is ${String(state)} and waits`);
  const decision = log.has(transaction) ? 'commit' : 'abort';
  await nodes.desk.spawn(recording, { id: transaction, input: { ...input(transaction), decision } });
  console.log(`${transaction}: its successor reads the log: ${await end}`);
}

await transfer('first', 70);
await transfer('second', 70);
await interrupted('third', 30);
console.log(`north has ${banks.north.balance}, south has ${banks.south.balance}`);

for (const node of Object.values(nodes)) await node.stop();
