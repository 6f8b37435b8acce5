import { isTroupeError, type System } from 'troupe';

/** What became of every message of one sender. Numbers are those of the notes it sent. */
export interface Outcome {
  readonly sent: number;
  /** Numbers that became dead letters at the sender, by reason. */
  readonly dead: Readonly<Record<string, readonly number[]>>;
  readonly asked: number;
  readonly answered: number;
  /** Codes of the asks that were rejected, with their count. */
  readonly rejected: Readonly<Record<string, number>>;
}

const count = (counts: Record<string, number>, key: string): void =>
  void (counts[key] = (counts[key] ?? 0) + 1);

/** Sends numbered notes to a ledger and asks it for echoes until `halt`, which waits until every ask has settled. */
export function traffic(system: System, to: string, by: string, perTick = 20) {
  const ref = system.ref(to);
  const dead: Record<string, number[]> = {};
  const rejected: Record<string, number> = {};
  const asks: Promise<unknown>[] = [];
  let sent = 0;
  let answered = 0;
  let running = true;
  const listener = system.onDeadLetter(({ reason, event }) => {
    const note = event as { type: string; by?: string; n?: number } | undefined;
    if (note?.type === 'NOTE' && note.by === by) (dead[reason] ??= []).push(note.n!);
  });
  const settled = (error: unknown): void =>
    count(rejected, isTroupeError(error) ? error.code : String(error));
  const beat = (): void => {
    if (!running) return;
    for (let i = 0; i < perTick; i++) ref.send({ type: 'NOTE', by, n: sent++ });
    asks.push(ref.ask({ type: 'PING' }, { timeout: 1_000 }).then(() => answered++, settled));
    setTimeout(beat, 2);
  };
  beat();
  return {
    async halt(): Promise<Outcome> {
      running = false;
      await Promise.all(asks);
      const deadline = Date.now() + 20_000;
      while (system.stats().pending > 0 && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 5));
      listener.unsubscribe();
      return { sent, dead, asked: asks.length, answered, rejected };
    },
  };
}
