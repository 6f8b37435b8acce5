import type { Env } from './cache.ts';

/**
 * The addresses in NATS_URL (comma separated, as every NATS client takes them); empty when it is not set.
 * For callers who need a server but do not care who runs it: look here before starting one.
 */
export function urlsFromEnv(env: Env = process.env): readonly string[] {
  const list = env['NATS_URL'] ?? '';
  return list
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '');
}
