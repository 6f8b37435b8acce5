/** One contender of ask: one process of it responds, another asks. */
export interface AskWorker {
  respond(url: string): Promise<void>;
  connect(url: string): Promise<void>;
  round(load: Load): Promise<AskRound>;
}

export interface Load {
  readonly inFlight: number;
  readonly seconds: number;
}

export interface AskRound {
  readonly answered: number;
  readonly seconds: number;
  /** Milliseconds from the question to its answer. */
  readonly p50: number;
  readonly p99: number;
}

export interface Question {
  readonly type: 'ADD';
  readonly value: number;
}

export interface Sum {
  readonly type: 'SUM';
  readonly value: number;
}

/** What every responder computes. */
export const sumOf = (value: number): Sum => ({ type: 'SUM', value: value + 1 });

/** Answers are checked and counted here, where they arrive. */
export async function askFor(
  { inFlight, seconds }: Load,
  ask: (question: Question) => PromiseLike<Sum>,
): Promise<AskRound> {
  const latencies: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1_000;
  const lane = async (value: number): Promise<void> => {
    for (let now = performance.now(); now < end;) {
      const answer = await ask({ type: 'ADD', value });
      if (answer.value !== value + 1) throw new Error(`${value} + 1 was answered with ${answer.value}.`);
      const then = performance.now();
      latencies.push(then - now);
      now = then;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, async (_, value) => lane(value)));
  const took = (performance.now() - began) / 1_000;
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN;
  return { answered: sorted.length, seconds: took, p50: at(0.5), p99: at(0.99) };
}

export const notConnected = async (): Promise<never> =>
  Promise.reject(new Error('Call connect before round.'));
