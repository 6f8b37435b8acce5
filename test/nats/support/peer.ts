import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Limits } from 'troupe';
import type { Answer, Call, Commands } from './worker.ts';

const script = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** A node in a process of its own. `await using` ends it with the block. */
export interface Peer extends Commands, AsyncDisposable {
  readonly pid: number;
  /** Resolves when the signal was sent; for SIGKILL and SIGTERM, when the process is gone. */
  signal(signal: NodeJS.Signals): Promise<void>;
}

type Settle = (answer: Answer) => void;

/** Start a node; resolves when it has joined. What it writes to stderr goes to the test's. */
export async function startPeer(url: string, node: string, limits: Partial<Limits> = {}): Promise<Peer> {
  const child = spawn(
    process.execPath,
    ['--conditions=troupe-source', '--import', 'tsx', script, url, node, JSON.stringify(limits)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const waiting = new Map<number, Settle>();
  let calls = 0;
  child.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const gone = once(child, 'exit').then(([code, signal]) => {
    for (const [id, settle] of waiting) settle({ id, error: `the process ended: ${String(code ?? signal)}` });
  });
  const answerOf = async (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, (answer) =>
        'error' in answer ? reject(new Error(answer.error)) : resolve(answer.value),
      );
    });
  const ready = answerOf(0);
  const call = async (command: keyof Commands, ...args: readonly unknown[]): Promise<unknown> => {
    const message: Call = { id: ++calls, command, args };
    const answered = answerOf(message.id);
    child.send(message);
    return answered;
  };
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(name);
    if (name === 'SIGKILL' || name === 'SIGTERM') await gone;
  };
  await ready;
  const own = {
    pid: child.pid!,
    signal,
    // A stopped process takes no SIGTERM, and nothing of it is worth waiting for.
    [Symbol.asyncDispose]: async () => signal('SIGKILL'),
  };
  return new Proxy(own as unknown as Peer, {
    get: (_target, key) => {
      if (key in own) return own[key as keyof typeof own];
      // `await peer` must not look like a command.
      if (typeof key !== 'string' || key === 'then') return undefined;
      return async (...args: readonly unknown[]) => call(key as keyof Commands, ...args);
    },
  });
}
