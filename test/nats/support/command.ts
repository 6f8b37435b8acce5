import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../../', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly out: readonly string[];
  readonly err: string;
}

/** A TypeScript file of the project that runs in a process of its own. */
export interface Command {
  /** The next line of standard output that satisfies a predicate, also one that was printed before. */
  line(matches: (line: string) => boolean): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly finished: Promise<Finished>;
}

export interface CommandOptions {
  readonly NATS_URL?: string;
}

/** Run a file: `run('src/cli/main.ts', ['ps'], { NATS_URL })`. Without NATS_URL the process has none. */
export function run(file: string, args: readonly string[], options: CommandOptions = {}): Command {
  const env: NodeJS.ProcessEnv = { ...process.env, DEBUG: '', ...options };
  if (options.NATS_URL === undefined) delete env['NATS_URL'];
  const child = spawn(
    process.execPath,
    [
      '--conditions=troupe-source',
      '--import',
      'tsx',
      fileURLToPath(new URL(file, `file://${project}`)),
      ...args,
    ],
    { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const out: string[] = [];
  const awaited = new Set<() => void>();
  let err = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    out.push(line);
    for (const look of awaited) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  return {
    finished,
    kill: (signal) => void child.kill(signal),
    line: (matches) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = out.find(matches);
          if (found === undefined) return;
          awaited.delete(look);
          resolve(found);
        };
        awaited.add(look);
        look();
        void finished.then(({ code }) =>
          reject(new Error(`${file} ended (${code}) without it: ${out.join('\n')} ${err}`)),
        );
      }),
  };
}
