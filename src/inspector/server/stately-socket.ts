import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData } from 'ws';
import type { Guest } from '../source/source.ts';
import { bounds } from './bounds.ts';

export interface Knock {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly guest: Guest;
  /** Hears that the socket closes until the handshake is done, and then that the app has gone and all it said was taken. */
  readonly onEnd: () => void;
}

const sockets = new WebSocketServer({ noServer: true, maxPayload: bounds.message, perMessageDeflate: false });

/** Speak WebSocket with an app; what it says goes to its guest. @returns ends it */
export function accept({ request, socket, head, guest, onEnd }: Knock): () => void {
  let end = (): void => void socket.destroy();
  sockets.handleUpgrade(request, socket, head, (client) => {
    end = () => client.terminate();
    socket.off('close', onEnd);
    client.on('message', (data, isBinary) => {
      if (!isBinary) guest.take(textOf(data));
    });
    // A message that is too large closes the connection; the app's next one begins anew.
    client.on('error', () => client.terminate());
    client.on('close', onEnd);
  });
  return () => end();
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)).toString('utf8');
