import { randomUUID } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In the folder of a store: a file for each process that has it open, with the name of the socket where it can be asked. */
const DOORS = 'doors';
/** Bytes of a socket's path: systems differ, 104 is the least. */
const LONGEST = 100;
const HELD = 'held';

/** Where a process that has a store open is asked to let nobody write for a moment. */
export interface Door {
  readonly name: string;
  /** @param hold called for each that asks: tells `held` as soon as nobody writes any more, and goes on when `until` resolves */
  attend(hold: (held: () => void, until: Promise<void>) => Promise<void>): void;
  /** Only when the database is closed: who was asked and goes without an answer is taken to write no more. */
  close(): void;
}

/** Not by libuv's threads, like all that is done while the gate is held (entrance.ts): lmdb may have all of them. */
export async function openDoor(folder: string): Promise<Door> {
  const name = randomUUID();
  mkdirSync(join(folder, DOORS), { recursive: true });
  const file = join(folder, DOORS, name);
  const { path, home } = placeOf(file);
  const guests = new Set<Socket>();
  // They may come before the database is ready.
  let receive = (): void => undefined;
  const server = createServer((guest) => {
    guests.add(guest);
    guest.unref().resume();
    guest.on('error', () => undefined).on('close', () => guests.delete(guest));
    receive();
  });
  // It is there for others, and keeps no process alive.
  server.unref();
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(path, resolve));
  writeFileSync(file, path);
  return {
    name,
    attend(hold) {
      const served = new WeakSet<Socket>();
      receive = () => {
        for (const guest of guests) {
          if (served.has(guest)) continue;
          served.add(guest);
          const gone = new Promise<void>((resolve) => void guest.once('close', () => resolve()));
          // Where the lock cannot be had, there is no answer: never "it is gone".
          hold(() => void guest.write(HELD), gone).catch(() => undefined);
        }
      };
      receive();
    },
    close() {
      server.close();
      for (const guest of guests) guest.destroy();
      attempt(() => unlinkSync(file));
      if (home !== undefined) attempt(() => rmdirSync(home));
    },
  };
}

function placeOf(file: string): { readonly path: string; readonly home?: string } {
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\troupe-${randomUUID()}` };
  const path = `${file}.sock`;
  if (Buffer.byteLength(path) <= LONGEST) return { path };
  const home = mkdtempSync(join(tmpdir(), 'troupe-'));
  return { path: join(home, 'door'), home };
}

/** What cannot be removed does no harm: whoever opens the store next tries again. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // As said.
  }
}

/** Others that have a store open, asked to let nobody write. */
export interface Others {
  /** Resolves when one of them sees to it that nobody writes, or there are none. */
  readonly held: Promise<unknown>;
  /** Let them go on: at once, whatever this process does next. */
  release(): void;
}

/** @param own door, which is passed over */
export function askOthers(folder: string, own: string): Others {
  const names = readdirSync(join(folder, DOORS)).filter((name) => name !== own && !name.endsWith('.sock'));
  const sockets: Socket[] = [];
  const answers = names.map(async (name) => ask(join(folder, DOORS, name), sockets));
  // One is enough: a database has one lock. All may be gone.
  const gone = Promise.all(answers);
  return {
    held: Promise.any(answers.map(async (answer) => held(await answer))).catch(async () => gone),
    release() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function held(isHeld: boolean): void {
  if (!isHeld) throw new Error('It is gone.');
}

/** Nobody listens: that process was killed, and left its file. */
const GONE: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'];

/** @returns whether it holds; false when it has ended. One that cannot be asked may well be at work: there is no answer. */
async function ask(file: string, sockets: Socket[]): Promise<boolean> {
  let path = '';
  attempt(() => (path = readFileSync(file, 'utf8')));
  const socket = connect(path === '' ? file : path);
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.once('connect', () => socket.once('close', () => resolve(false)));
    socket.once('data', () => resolve(true));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!GONE.includes(error.code)) return;
      forget(file, path);
      resolve(false);
    });
  });
}

/** What stands in a file may be anything: of what it names only a socket is removed, and never more than that. */
function forget(file: string, path: string): void {
  attempt(() => unlinkSync(file));
  attempt(() => {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  });
}
