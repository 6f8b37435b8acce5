import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { TroupeError } from '../../errors.ts';
import type { Ward } from './reaper.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It shut down by itself or on request. Not told by the code: before 2.11 that is 1 after SIGTERM. */
  readonly orderly: boolean;
  /** The last line the server logged, without its prefix; for messages to people. */
  readonly lastLine: string;
}

/** A nats-server process that is ready for clients. */
export interface Child {
  readonly pid: number;
  readonly port: number;
  /** Address of the HTTP monitor, when the configuration asks for one. */
  readonly monitor: string | undefined;
  /** Resolves, never rejects, when the process is gone. */
  readonly exited: Promise<Exit>;
}

export interface Launch {
  readonly binary: string;
  readonly configFile: string;
  /** Holds the pid for as long as the process lives. */
  readonly ward: Ward;
  /** Milliseconds from start to readiness, recovery of a large store included. */
  readonly timeout: number;
}

interface Progress {
  port?: number;
  monitor?: string;
  fatal?: string;
  lastLine: string;
}

/**
 * Start the process and wait for its own word that it is ready. It logs to our pipe, so the configuration
 * must not set `log_file`.
 * @throws TroupeError ADDRESS_IN_USE, NATS_SERVER_FAILED (with the server's reason) or TIMEOUT.
 */
export function launch({ binary, configFile, ward, timeout }: Launch): Promise<Child> {
  const child = spawn(binary, ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
  ward.pid = child.pid;
  const progress: Progress = { lastLine: '' };
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', () => (ward.pid = undefined));
    // `close` comes after the last line was read, `exit` may come before it.
    child.once('close', (code, signal) => resolve(exitOf(progress, code, signal)));
  });
  return new Promise<Child>((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(tooSlow(timeout, progress));
    }, timeout);
    createInterface({ input: child.stderr }).on('line', (line) => {
      read(line, progress);
      if (!line.endsWith('Server is ready') || child.pid === undefined || progress.port === undefined) return;
      clearTimeout(deadline);
      resolve({ pid: child.pid, port: progress.port, monitor: progress.monitor, exited });
    });
    child.once('error', (cause) => {
      clearTimeout(deadline);
      reject(
        new TroupeError('NATS_SERVER_FAILED', `${binary} could not be started: ${cause.message}.`, { cause }),
      );
    });
    void exited.then(() => {
      clearTimeout(deadline);
      reject(failed(progress));
    });
  });
}

const exitOf = ({ lastLine }: Progress, code: number | null, signal: NodeJS.Signals | null): Exit => ({
  code,
  signal,
  orderly: signal === null && lastLine.startsWith('Server Exiting'),
  lastLine,
});

function read(line: string, progress: Progress): void {
  const text = line.replace(/^(nats-server: |\[\d+\] \S+ \S+ (\[[A-Z]{3}\] )?)/, '');
  if (text.trim() !== '') progress.lastLine = text;
  if (line.includes('[FTL]') || line.startsWith('nats-server: ')) progress.fatal ??= text;
  const client = /Listening for client connections on .*:(\d+)$/.exec(line)?.[1];
  if (client !== undefined) progress.port = Number(client);
  const monitor = /Starting http monitor on (.*)$/.exec(line)?.[1];
  if (monitor !== undefined) progress.monitor = `http://${monitor}`;
}

function failed({ fatal, lastLine }: Progress): TroupeError {
  const reason = fatal ?? lastLine;
  const taken = /listen tcp\S* (\S+): bind: address already in use/.exec(reason)?.[1];
  if (taken === undefined) {
    return new TroupeError(
      'NATS_SERVER_FAILED',
      `nats-server stopped before it was ready: ${reason || 'no reason given'}`,
    );
  }
  return new TroupeError(
    'ADDRESS_IN_USE',
    `${taken} is taken by another process. Stop that process or choose another port.`,
    { data: { address: taken } },
  );
}

const tooSlow = (timeout: number, { lastLine }: Progress): TroupeError =>
  new TroupeError(
    'TIMEOUT',
    `nats-server was not ready after ${timeout} ms; it last said: ${lastLine || 'nothing'}`,
  );
