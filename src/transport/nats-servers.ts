import type { ConnectionOptions } from 'nats';

const DEFAULT_SERVER = 'nats://127.0.0.1:4222';

/**
 * The options with credentials taken out of the addresses: `nats://user:password@host` and `nats://token@host` are common, but the
 * client does not read them, and addresses are shown in errors. Credentials given as options win.
 */
export function withServers(options: ConnectionOptions): ConnectionOptions & { readonly servers: string[] } {
  const given = [options.servers ?? DEFAULT_SERVER].flat();
  const [found] = given.map(credentialsOf).filter((each) => each !== undefined);
  return { ...found, ...options, servers: given.map((server) => server.replace(USERINFO, '$1')) };
}

/** Addresses as errors show them. */
export const shownServers = ({ servers = DEFAULT_SERVER }: ConnectionOptions): string =>
  [servers].flat().join(', ');

/** Up to the last `@`: a password that was not escaped must not be taken for a part of the host. */
const USERINFO = /^([a-z+]+:\/\/)?(.*)@/is;

function credentialsOf(server: string): Pick<ConnectionOptions, 'user' | 'pass' | 'token'> | undefined {
  const userinfo = USERINFO.exec(server)?.[2];
  if (userinfo === undefined) return undefined;
  const colon = userinfo.indexOf(':');
  if (colon < 0) return { token: unescape(userinfo) };
  return { user: unescape(userinfo.slice(0, colon)), pass: unescape(userinfo.slice(colon + 1)) };
}

/** A `%` that escapes nothing stands for itself. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
