import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The project's cache folder, `$XDG_CACHE_HOME/troupe` or `~/.cache/troupe`; not created here. A relative
 * XDG_CACHE_HOME is ignored, as the XDG Base Directory Specification asks.
 */
export function cacheFolder(env: Env): string {
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'troupe');
}

/** Where a fetched server lies once it is complete. */
export const cachedServer = (env: Env): string => join(cacheFolder(env), 'nats-server');
