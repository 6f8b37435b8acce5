import { OLDEST } from './version.ts';

const commands: Partial<Record<NodeJS.Platform, string>> = {
  darwin: '`brew install nats-server`',
  win32: '`scoop install main/nats-server`',
};

/** One sentence: how a person on `platform` gets a server. */
export function installHint(platform: NodeJS.Platform): string {
  const how =
    commands[platform] ?? "your distribution's package or a release of github.com/nats-io/nats-server";
  return `Install version ${OLDEST} or newer (${how}) or set NATS_SERVER_BIN to its path.`;
}
