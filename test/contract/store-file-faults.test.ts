import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { file } from '../../src/durable/file/store.ts';
import type { Journal } from '../../src/durable/store.ts';
import { codeOf } from '../support/code-of.ts';
import { collect, type Collected } from '../support/collect.ts';
import { openWhole } from './store/open-whole.ts';
import { gather, numberIn, options, snapshot } from './store/support.ts';

const script = fileURLToPath(new URL('./store/file-writer.ts', import.meta.url));

interface Writer {
  readonly child: ChildProcess;
  readonly lines: Collected<string>;
  /** Code or signal; when all it said was read. */
  readonly gone: Promise<unknown>;
}

function start(args: readonly string[], { uid, blocks }: { uid?: number; blocks?: number } = {}): Writer {
  const node = [process.execPath, '--conditions=troupe-source', '--import', 'tsx', script, ...args];
  const limited = blocks === undefined ? node : ['sh', '-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', ...node];
  const [command = '', ...rest] = limited;
  const child = spawn(command, rest, {
    // What lmdb itself says of a full disk.
    stdio: ['ignore', 'pipe', blocks === undefined ? 'inherit' : 'ignore'],
    ...(uid === undefined ? {} : { uid, env: { ...process.env, TSX_DISABLE_CACHE: '1' } }),
  });
  const lines = collect<string>();
  createInterface({ input: child.stdout }).on('line', (line) => lines.add(line));
  const gone = once(child, 'close').then(([code, signal]: (number | string | null)[]) => code ?? signal);
  return { child, lines, gone };
}

/** Everything that was acknowledged is there, and every actor counts from 0 without a gap. */
async function expectWhole(folder: string, said: readonly string[]): Promise<void> {
  const journal = await openWhole(folder);
  const found = new Set<string>();
  for (const id of await gather(journal.ids())) {
    const history = await gather(journal.history(id));
    expect(history.map(({ record }) => numberIn(record))).toEqual(history.map((_, i) => i));
    for (const { position, record } of history) found.add(`${id} ${position} ${numberIn(record)}`);
  }
  expect(said.filter((line) => !found.has(line))).toEqual([]);
  await journal.close();
}

describe('file store, against faults', () => {
  let root = '';
  let number = 0;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'troupe-faults-'));
    await chmod(root, 0o755);
  });
  afterAll(async () => rm(root, { recursive: true }));
  const fresh = (): string => join(root, `store-${++number}`);

  it('J2 keeps what was acknowledged when its process is killed in the middle of appends, again and again', async () => {
    const folder = fresh();
    const said: string[] = [];
    for (let round = 0; round < 5; round++) {
      const writer = start([folder, 'append', '20']);
      await writer.lines.atLeast(300 + round * 177);
      writer.child.kill('SIGKILL');
      expect(await writer.gone).toBe('SIGKILL');
      said.push(...writer.lines.items);
      await expectWhole(folder, said);
    }
    expect(said.length).toBeGreaterThan(1_500);
  });

  it('J2 goes on when another process is killed in the middle of appends', async () => {
    const folder = fresh();
    const journal = await openWhole(folder);
    let last = 0;
    for (let round = 0; round < 3; round++) {
      const writer = start([folder, 'append', '20']);
      await writer.lines.atLeast(200);
      const appending = Array.from({ length: 200 }, async (_, i) =>
        journal.append(`mine/${round}/${i}`, snapshot({ n: 0 }), 0),
      );
      writer.child.kill('SIGKILL');
      expect(new Set(await Promise.all(appending.map(codeOf)))).toEqual(new Set(['fine']));
      await writer.gone;
      last = await journal.append('mine', snapshot({ n: round }), last);
      await expectWhole(folder, writer.lines.items);
    }
    await journal.close();
  });

  it('J2 a process that calls process.exit in the middle of appends ends at once', async () => {
    const folder = fresh();
    const writer = start([folder, 'append', '1500', 'exit']);
    expect(await writer.gone).toBe(3);
    await expectWhole(folder, writer.lines.items);
  });

  it('J1 three processes write one actor: each position belongs to one of them', async () => {
    const folder = fresh();
    const writers = Array.from({ length: 3 }, () => start([folder, 'rival', '150']));
    expect(await Promise.all(writers.map(async ({ gone }) => gone))).toEqual([0, 0, 0]);
    const said = writers.flatMap(({ lines }) => lines.items);
    // Otherwise it is the code and the message of what ended one of them.
    expect(said.filter((line) => !line.startsWith('raced'))).toEqual([]);
    const journal = await openWhole(folder);
    const history = await gather(journal.history('raced'));
    const there = history.map(({ position, record }) => `raced ${position} ${numberIn(record)}`);
    expect(there).toHaveLength(450);
    expect(there.sort()).toEqual([...said].sort());
    await journal.close();
  });

  it('J1 a process that opens the store disturbs nobody who writes to it', async () => {
    const folder = fresh();
    const writer = start([folder, 'append', '4']);
    await writer.lines.atLeast(50);
    const opener = start([folder, 'open', '120']);
    expect(await opener.gone).toBe(0);
    expect(opener.lines.items).toEqual(['fine']);
    writer.child.kill('SIGKILL');
    expect(await writer.gone).toBe('SIGKILL');
    await expectWhole(folder, writer.lines.items);
  });

  it('J1 is not opened beside a process that does not answer, and is when that is gone', async () => {
    const folder = fresh();
    await (await openWhole(folder)).close();
    const doors = join(folder, 'faults', 'doors');
    expect(await readdir(doors)).toEqual([]);
    const silent = createServer();
    await new Promise<void>((resolve) => void silent.listen(join(doors, 'x.sock'), resolve));
    await writeFile(join(doors, 'x'), join(doors, 'x.sock'));
    const open = async (): Promise<Journal> =>
      file(folder).open(options({ system: 'faults', timeout: 300, history: 1_000_000 }));
    await expect(open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    await new Promise((resolve) => silent.close(resolve));
    await (await open()).close();
    expect(await readdir(doors)).toEqual([]);
  });

  it('removes nothing that a stray file names', async () => {
    const folder = fresh();
    await (await openWhole(folder)).close();
    const precious = join(folder, 'precious');
    await mkdir(precious);
    await writeFile(join(precious, 'letter'), 'dear');
    for (const [name, path] of Object.entries({
      a: precious,
      b: join(precious, 'letter'),
      c: '',
      d: 'nowhere',
    }))
      await writeFile(join(folder, 'faults', 'doors', name), path);
    await (await openWhole(folder)).close();
    expect(await readFile(join(precious, 'letter'), 'utf8')).toBe('dear');
    expect(await readdir(join(folder, 'faults', 'doors'))).toEqual([]);
  });

  it('J5 a full disk is STORE_FULL, and what is stored stays readable', async () => {
    const folder = fresh();
    // 512 bytes each; a write past it fails as on a full disk.
    const writer = start([folder, 'fill'], { blocks: 2_000 });
    expect(await writer.gone).toBe(0);
    expect(writer.lines.items).toEqual(['STORE_FULL', 'STORE_FULL', 'true 1 true true']);
    const journal = await openWhole(folder);
    const last = (await journal.load('a')).at(-1)!;
    expect(await journal.append('a', snapshot({ n: 0 }), last.position)).toBeGreaterThan(last.position);
    await journal.close();
  });

  it('a folder it may not write is STORE_DENIED, and says which', async () => {
    const folder = fresh();
    await (await openWhole(folder)).close();
    const before = await readFile(join(folder, 'faults', 'data.mdb'));
    // Root may write everywhere.
    const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    if (uid.uid === undefined) await chmod(join(folder, 'faults'), 0o500);
    const writer = start([folder, 'open'], uid);
    expect(await writer.gone).toBe(0);
    expect(writer.lines.items).toEqual([expect.stringMatching(`^STORE_DENIED .*${folder}`)]);
    expect(before.equals(await readFile(join(folder, 'faults', 'data.mdb')))).toBe(true);
    await chmod(join(folder, 'faults'), 0o700);
  });

  it('a file in the place of the folder is STORE_MISMATCH, and is left alone', async () => {
    const folder = fresh();
    await writeFile(folder, 'mine');
    await expect(openWhole(folder)).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
    expect(await readFile(folder, 'utf8')).toBe('mine');
  });

  it('J5 a database that was cut off or is none is CORRUPTED, and is left as it was', async () => {
    const folder = fresh();
    const journal = await openWhole(folder);
    await Promise.all(
      Array.from({ length: 300 }, async (_, i) => journal.append(`a/${i}`, snapshot('x'.repeat(i * 20)), 0)),
    );
    await journal.close();
    const { length } = await readFile(join(folder, 'faults', 'data.mdb'));
    for (const size of [0, 1, 100, 4_095, 4_096, 8_192, 40_000, length >> 1, length - 4_096, length - 1]) {
      const copy = fresh();
      await cp(folder, copy, { recursive: true });
      const path = join(copy, 'faults', 'data.mdb');
      await truncate(path, size);
      const before = await readFile(path);
      await expect(openWhole(copy), `cut at ${size}`).rejects.toMatchObject({
        code: 'CORRUPTED',
        message: expect.stringContaining('backup') as string,
      });
      expect(before.equals(await readFile(path))).toBe(true);
    }
    const gone = fresh();
    await cp(folder, gone, { recursive: true });
    await rm(join(gone, 'faults', 'data.mdb'));
    await expect(openWhole(gone)).rejects.toMatchObject({ code: 'CORRUPTED' });
    const noise = fresh();
    await cp(folder, noise, { recursive: true });
    await writeFile(join(noise, 'faults', 'data.mdb'), Buffer.alloc(100_000, 'not a database'));
    await expect(openWhole(noise)).rejects.toMatchObject({ code: 'CORRUPTED' });
    const whole = await openWhole(folder);
    expect(await gather(whole.ids())).toHaveLength(300);
    await whole.close();
  });

  it('options that are none are refused', async () => {
    const wrong: (() => unknown)[] = [
      () => file(''),
      () => file(undefined as unknown as string),
      () => file('x', { durability: 'maybe' as 'power' }),
      () => file('x', { limit: 0 }),
      () => file('x', { limit: 1.5 }),
      () => file('x', { durable: true } as object),
    ];
    expect(await Promise.all(wrong.map(codeOf))).toEqual(wrong.map(() => 'INVALID_OPTION'));
    const open = async (): Promise<Journal> => file(fresh()).open(options({ system: '../escape' }));
    expect(await codeOf(open())).toBe('INVALID_OPTION');
  });
});
