/** One contender of send: one process of it counts, another sends. */
export interface SendWorker {
  count(url: string): Promise<void>;
  connect(url: string): Promise<void>;
  round(load: SendLoad): Promise<SendRound>;
  /** CPU time so far, seconds. */
  cpu(): number;
}

export interface SendLoad {
  readonly seconds: number;
  /** Messages sent before the event loop gets its turn. */
  readonly burst: number;
  /** Bursts after which the receiver is asked for its count; the sender is never further ahead than twice that. */
  readonly stride: number;
}

export interface SendRound {
  readonly sent: number;
  /** Counted by the receiver. */
  readonly received: number;
  /** From the first message until the receiver has told its count. */
  readonly seconds: number;
}

export interface Sender {
  send(): void;
  /** Asks the receiver, behind everything that was sent. */
  received(): Promise<number>;
}

/** Flow control is the same for all contenders, and waits for an answer instead of looking again and again. */
export async function sendOver({ seconds, burst, stride }: SendLoad, sender: Sender): Promise<SendRound> {
  const before = await sender.received();
  const began = performance.now();
  const end = began + seconds * 1_000;
  let behind = Promise.resolve(before);
  let bursts = 0;
  for (; performance.now() < end; bursts++) {
    for (let i = 0; i < burst; i++) sender.send();
    await nextTick();
    if (bursts % stride !== stride - 1) continue;
    const asked = sender.received();
    await behind;
    behind = asked;
  }
  await behind;
  const received = (await sender.received()) - before;
  return { sent: bursts * burst, received, seconds: (performance.now() - began) / 1_000 };
}

const nextTick = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
