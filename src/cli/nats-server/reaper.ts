import { rmSync } from 'node:fs';
import { constants } from 'node:os';

/** What must not outlive this process. Clear `pid` when the child has exited: the number is used again. */
export interface Ward {
  pid?: number | undefined;
  readonly folder?: string;
}

const wards = new Set<Ward>();
const deferred = new Set<NodeJS.Signals>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Kill `ward.pid` and remove `ward.folder` when this process ends: on exit (uncaught errors included) and on
 * SIGINT, SIGTERM and SIGHUP. Call the returned function once the ward is gone by itself. Against SIGKILL of
 * this process nothing of this kind can help.
 */
export function guard(ward: Ward): () => void {
  if (wards.size === 0) listen();
  wards.add(ward);
  return () => {
    if (wards.delete(ward) && wards.size === 0) ignore();
  };
}

function listen(): void {
  process.on('exit', reap);
  for (const signal of signals) process.on(signal, onSignal);
}

function ignore(): void {
  process.off('exit', reap);
  for (const signal of signals) process.off(signal, onSignal);
  deferred.clear();
}

/** SIGKILL, because an exiting process cannot wait; a server's acknowledged data survive it. */
function reap(): void {
  for (const { pid, folder } of wards) {
    try {
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // Already gone, or not ours to remove: the other wards still need their turn.
    }
  }
  wards.clear();
}

/**
 * A listener takes away the signal's default, so we have to end the process ourselves, unless somebody else
 * listens: then the shutdown is theirs and `exit` reaps. A second signal of the same kind is never deferred.
 */
function onSignal(signal: NodeJS.Signals): void {
  const shared = process.listenerCount(signal) > 1;
  if (shared && !deferred.has(signal)) {
    deferred.add(signal);
    return;
  }
  reap();
  ignore();
  if (shared) process.exit(128 + constants.signals[signal]);
  process.kill(process.pid, signal);
}
