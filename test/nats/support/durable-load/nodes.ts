import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { NodeOptions, Notice } from './node.ts';

const script = fileURLToPath(new URL('./node.ts', import.meta.url));

/** A node in a process of its own. */
export interface NodeProcess extends AsyncDisposable {
  readonly name: string;
  /** Errors that it logged and dead letters that it had. */
  readonly notices: readonly Notice[];
  memory(): Promise<Extract<Notice, { kind: 'memory' }>>;
  /** Resolves when the signal was sent; for SIGKILL, when the process is gone. */
  signal(signal: NodeJS.Signals): Promise<void>;
}

/** Start a node; resolves when it hosts. */
export async function startNode(options: NodeOptions): Promise<NodeProcess> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--conditions=troupe-source', '--import', 'tsx', script, JSON.stringify(options)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const gone = once(child, 'exit');
  const notices: Notice[] = [];
  let hear = (notice: Notice): void => void notices.push(notice);
  const next = async <TKind extends Notice['kind']>(kind: TKind): Promise<Extract<Notice, { kind: TKind }>> =>
    new Promise((resolve, reject) => {
      const before = hear;
      hear = (notice) => {
        if (notice.kind === 'failed') reject(new Error(notice.error));
        if (notice.kind !== kind) return before(notice);
        hear = before;
        resolve(notice as Extract<Notice, { kind: TKind }>);
      };
      void gone.then(() => reject(new Error(`the node "${options.node}" has ended`)));
    });
  child.on('message', (notice: Notice) => hear(notice));
  const { node } = await next('hosting');
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(name);
    if (name === 'SIGKILL') await gone;
  };
  return {
    name: node,
    notices,
    async memory() {
      const answered = next('memory');
      child.send('memory');
      return answered;
    },
    signal,
    [Symbol.asyncDispose]: async () => signal('SIGKILL'),
  };
}
