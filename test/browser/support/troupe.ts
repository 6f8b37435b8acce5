import { type Command, run } from '../../nats/support/command.ts';
import type { Inspector } from '../../../src/inspector/server/server.ts';

/** `troupe inspect` as a process, and where its page is. */
export interface Inspecting extends AsyncDisposable {
  readonly at: Inspector;
  readonly command: Command;
}

export async function troupeInspect(
  args: readonly string[],
  options: { readonly NATS_URL?: string } = {},
): Promise<Inspecting> {
  const command = run('src/cli/main.ts', ['inspect', ...args], options);
  const line = await command.line((text) => text.startsWith('inspector: '));
  const url = line.slice('inspector: '.length);
  const { port } = new URL(url);
  const end = async (): Promise<void> => {
    command.kill('SIGINT');
    await command.finished;
  };
  return {
    at: { url, port: Number(port), token: url.split('token=')[1]!, statelyUrl: '', close: end },
    command,
    [Symbol.asyncDispose]: end,
  };
}
