import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * `count` different ports of `host` that were free a moment ago. Somebody else may take one before it is
 * used: the caller must be ready to try again.
 */
export async function freePorts(count: number, host: string): Promise<number[]> {
  const listeners = await Promise.all(
    Array.from({ length: count }, async () => {
      const listener = createServer().listen(0, host);
      await once(listener, 'listening');
      return listener;
    }),
  );
  const ports = listeners.map((listener) => (listener.address() as AddressInfo).port);
  await Promise.all(listeners.map((listener) => once(listener.close(), 'close')));
  return ports;
}
