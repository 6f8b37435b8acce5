import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TroupeError } from 'troupe';
import { endChild, guard } from './child.ts';

export interface NatsServer {
  readonly url: string;
  stop(): Promise<void>;
}

const troupe = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** The server at NATS_URL, which is somebody else's and goes on; or one of our own, by `troupe nats`, on a free port. */
export async function natsServer(): Promise<NatsServer> {
  const given = process.env['NATS_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: async () => undefined };
  const child = spawn(process.execPath, [...process.execArgv, troupe, 'nats', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  guard(child);
  for await (const line of createInterface(child.stdout)) {
    const { urls } = JSON.parse(line) as { readonly urls: readonly [string] };
    return { url: urls[0], stop: async () => endChild(child, 'SIGTERM') };
  }
  throw new TroupeError(
    'NO_SERVER',
    'No nats-server could be started: see the error of "troupe nats" above.',
  );
}
