import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TroupeError } from 'troupe';
import type { ServiceName } from '../addresses.ts';

const entry = fileURLToPath(new URL('../service.ts', import.meta.url));

const wards = new Set<ChildProcess>();

/** Have a child ended when this process ends, by a signal or an error too; SIGKILL of this process is beyond help. */
export function guard(child: ChildProcess): ChildProcess {
  if (wards.size === 0) {
    process.once('exit', () => {
      for (const ward of wards) ward.kill('SIGTERM');
    });
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      process.once(signal, () => process.exit(code));
    }
  }
  wards.add(child);
  child.once('exit', () => wards.delete(child));
  return child;
}

/** Start `service.ts NAME` as a process, with the flags of this one; resolves when the service is ready. */
export async function startChild(service: ServiceName, url: string): Promise<ChildProcess> {
  const child = guard(
    spawn(process.execPath, [...process.execArgv, entry, service], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NATS_URL: url },
    }),
  );
  const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
  if (said === 'ready') return child;
  throw new TroupeError(
    'SERVICE_FAILED',
    `The service "${service}" ended with exit code ${String(said)} before it was ready: see its error above.`,
  );
}

/** End a process and wait until it is gone. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
