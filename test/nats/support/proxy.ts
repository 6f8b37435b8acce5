import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP relay in front of a server that can fall silent without closing anything, as a dead network does. */
export interface Proxy extends AsyncDisposable {
  readonly url: string;
  readonly silent: boolean;
  /** Swallow everything in both directions; connections stay open. */
  blackhole(): void;
  /** Relay what comes from now on, on new connections; the swallowed ones are cut, for what they lost cannot be mended. */
  heal(): void;
}

export async function proxyTo(port: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let silent = false;
  const relay = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (data) => {
      if (!silent) to.write(data);
    });
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    // The close that follows says all there is to know.
    from.on('error', () => undefined);
  };
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    relay(client, upstream);
    relay(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get silent() {
      return silent;
    },
    blackhole: () => void (silent = true),
    heal() {
      silent = false;
      cut();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
