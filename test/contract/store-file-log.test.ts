import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { open as openLmdb, type Database } from 'lmdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockOf } from '../../src/durable/file/block.ts';
import { file } from '../../src/durable/file/store.ts';
import { decodeRecord } from '../../src/durable/record.ts';
import type { Journal } from '../../src/durable/store.ts';
import { collect } from '../support/collect.ts';
import { delta, gather, HISTORY, numberIn, options, snapshot } from './store/support.ts';

const script = fileURLToPath(new URL('./store/file-load.ts', import.meta.url));
const ACTORS = 48;
const FOREVER = 600_000;
const ROUNDS = 6;

function start(folder: string, name: string, ms: number) {
  const args = [folder, name, String(ACTORS), String(HISTORY), String(ms)];
  const child = spawn(process.execPath, ['--conditions=troupe-source', '--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = collect<string>();
  createInterface({ input: child.stdout }).on('line', (line) => lines.add(line));
  return { child, lines, gone: once(child, 'close') };
}

const opened = async (folder: string): Promise<Journal> =>
  file(folder).open(options({ system: 'load', history: HISTORY }));

/** The last number that was acknowledged for each actor. @throws when something failed */
function acknowledged(lines: readonly string[]): Map<number, number> {
  const last = new Map<number, number>();
  for (const line of lines) {
    const [, i, n] = /^(\d+) (\d+)$/.exec(line) ?? [];
    if (i === undefined) throw new Error(`The process said "${line}".`);
    last.set(Number(i), Number(n));
  }
  return last;
}

/** Nothing that was acknowledged is lost, the last records are there without a gap, and each can be read. */
async function expectWhole(folder: string, name: string, lines: readonly string[]): Promise<void> {
  const journal = await opened(folder);
  for (const [i, n] of acknowledged(lines)) {
    const numbers = (await gather(journal.history(`${name}/${i}`))).map(({ record }) => numberIn(record));
    const last = numbers.at(-1) ?? -1;
    // One more may have been stored whose answer was not heard any more.
    expect([n, n + 1]).toContain(last);
    const count = Math.min(last + 1, HISTORY);
    expect(numbers).toEqual(Array.from({ length: count }, (_, k) => last - count + 1 + k));
    expect(numberIn((await journal.load(`${name}/${i}`)).at(-1)!.record)).toBe(last);
  }
  await journal.close();
}

async function damage(
  folder: string,
  how: (log: Database<Buffer, number>) => Promise<unknown>,
): Promise<void> {
  const root = openLmdb({ path: join(folder, 'load'), noSubdir: false, encoding: 'binary', maxDbs: 5 });
  await how(root.openDB<Buffer, number>({ name: 'log', encoding: 'binary' }));
  await root.close();
}

/** More than what is merged at once. */
async function writeMore(journal: Journal): Promise<void> {
  for (let i = 0; i < 4; i++)
    await Promise.all(
      Array.from({ length: 8 }, async (_, k) =>
        journal.append(`big/${i}/${k}`, snapshot('x'.repeat(99_000)), 0),
      ),
    );
}

describe('file store: its log', () => {
  let root = '';
  let number = 0;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'troupe-log-'));
  });
  afterAll(async () => rm(root, { recursive: true }));
  const fresh = (): string => join(root, `store-${++number}`);
  const bytesOf = async (folder: string): Promise<number> =>
    (await stat(join(folder, 'load', 'data.mdb'))).size;

  it('J2 a process that is killed under load, while heads are merged and old records are swept, loses nothing', async () => {
    const folder = fresh();
    for (let round = 0; round < ROUNDS; round++) {
      const { child, lines, gone } = start(folder, 'a', FOREVER);
      await lines.atLeast(1_000 + ((round * 4_799) % 12_000));
      child.kill('SIGKILL');
      await gone;
      await expectWhole(folder, 'a', lines.items);
    }
  });

  it('J1 processes that write at the same time, each its own actors, never refuse each other', async () => {
    const folder = fresh();
    const names = ['a', 'b', 'c'];
    const processes = names.map((name) => start(folder, name, 1_500));
    await Promise.all(processes.map(async ({ gone }) => gone));
    for (const [at, name] of names.entries()) {
      expect(processes[at]!.lines.items.length).toBeGreaterThan(ACTORS);
      await expectWhole(folder, name, processes[at]!.lines.items);
    }
  });

  it('drops what no actor needs, keeps what a sleeping one needs, and reads it after an opening', async () => {
    const folder = fresh();
    const journal = await opened(folder);
    const asleep = await journal.append('asleep', snapshot('first'), 0);
    await journal.append('asleep', delta('second', asleep), asleep);
    await journal.append('purged', snapshot('old'), 0);
    const pad = 'x'.repeat(8_000);
    let last = new Map<number, number>();
    for (let round = 0; round < 600; round++) {
      const appended = Array.from({ length: 16 }, async (_, i): Promise<[number, number]> => [
        i,
        await journal.append(`busy/${i}`, snapshot({ n: round, pad }), last.get(i) ?? 0),
      ]);
      last = new Map(await Promise.all(appended));
      if (round === 300) await journal.purge('purged');
    }
    const again = await journal.append('purged', snapshot('new'), 0);
    await journal.close();
    // 77 MB were written, of which at most two times 16 · 2 · HISTORY records and the slack of 16 MiB are kept at any time.
    expect(await bytesOf(folder)).toBeLessThan(45_000_000);

    const reopened = await opened(folder);
    expect((await reopened.load('asleep')).map(({ record }) => decodeRecord(record))).toEqual([
      'first',
      'second',
    ]);
    expect((await gather(reopened.history('purged'))).map(({ position }) => position)).toEqual([again]);
    const ids = ['asleep', 'purged', ...Array.from({ length: 16 }, (_, i) => `busy/${i}`)];
    expect((await gather(reopened.ids())).sort()).toEqual(ids.sort());
    for (const [i, position] of last) {
      const numbers = (await gather(reopened.history(`busy/${i}`))).map(({ record }) => numberIn(record));
      expect(numbers).toEqual(Array.from({ length: HISTORY }, (_, k) => 600 - HISTORY + k));
      expect(await reopened.append(`busy/${i}`, snapshot({ n: 600 }), position)).toBeGreaterThan(position);
    }
    await reopened.close();
  });

  it('J4 a block that is lost is CORRUPTED for the actors in it, and for all as long as it says who is where', async () => {
    const folder = fresh();
    const journal = await opened(folder);
    const position = await journal.append('lost', snapshot('x'), 0);
    await writeMore(journal);
    await journal.close();
    await damage(folder, (log) => log.remove(1));
    const damaged = await opened(folder);
    await expect(damaged.load('lost')).rejects.toMatchObject({ code: 'CORRUPTED' });
    expect(await damaged.load('big/1/1')).toHaveLength(1);
    expect(await damaged.append('other', snapshot('y'), 0)).toBeGreaterThan(position);
    await damaged.close();
    await damage(folder, async (log) => log.remove([...log.getKeys()].at(-1)!));
    await expect(opened(folder)).rejects.toMatchObject({
      code: 'CORRUPTED',
      message: expect.stringContaining('backup') as string,
    });
  });

  it('J4 a history with a record missing in its middle says so, and is not taken for a shorter one', async () => {
    const folder = fresh();
    const journal = await opened(folder);
    const positions: number[] = [];
    for (let n = 0; n < 9; n++)
      positions.push(await journal.append('a', snapshot({ n }), positions.at(-1) ?? 0));
    await writeMore(journal);
    await journal.close();
    const [, , , , lost = 0] = positions;
    await damage(folder, (log) => log.remove(blockOf(lost)));
    const damaged = await opened(folder);
    const history = await gather(damaged.history('a'));
    expect(history.map(({ position, record }) => [position, record.length > 0])).toEqual(
      positions.slice(4).map((position) => [position, position !== lost]),
    );
    await damaged.close();
  });

  it('a folder that an earlier format left is STORE_MISMATCH, and is left as it was', async () => {
    const folder = fresh();
    await mkdir(join(folder, 'load'), { recursive: true });
    const root = openLmdb({ path: join(folder, 'load'), noSubdir: false, encoding: 'binary', maxDbs: 5 });
    const meta = root.openDB<Buffer, string>({ name: 'meta', encoding: 'binary', useVersions: true });
    const purpose = { format: 1, system: 'load', shards: 16 };
    await meta.put('store', Buffer.from(JSON.stringify(purpose)), 1);
    await root.close();
    const bytes = await bytesOf(folder);
    await expect(opened(folder)).rejects.toMatchObject({
      code: 'STORE_MISMATCH',
      message: expect.stringMatching(/format 1.*another folder/) as string,
    });
    expect(await bytesOf(folder)).toBe(bytes);
  });
});
