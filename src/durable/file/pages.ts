import type { FileHandle } from 'node:fs/promises';

/**
 * As much of LMDB's file format as it takes to see whether all pages are there: liblmdb's mdb.c, data version 2, little endian. Offsets
 * and sizes in bytes.
 *
 *   page    0 number, 18 flags, 20 end of the node offsets; 24 node offsets, each from byte 24 on
 *   meta    a page with, from byte 24 on: 0 magic, 24 size of a page, 24 + 48 n tree n (0 free pages, 1 the tables), 120 last page,
 *           128 transaction; there are three, at 0, half a page and a whole page
 *   tree    48 in all, 40 root
 *   node    0 size of the value (leaf) or number of the page (branch), 4 flags, 6 size of the key, 8 key, value
 *   value   of a leaf with flag BIG: 0 number of its first page, 16 count of pages; with flag TABLE: a tree
 */
const HEADER = 24;
const TREE = 48;
const ROOT = 40;
const META = { magic: 0, pageSize: 24, trees: 24, lastPage: 120, transaction: 128, end: 136 };
const MAGIC = 0xbeefc0de;
const NONE = 0xffff_ffff_ffff_ffffn;
const BRANCH = 0x01;
const LEAF = 0x02;
const BIG = 0x01;
const TABLE = 0x02;

export interface Meta {
  readonly pageSize: number;
  readonly lastPage: number;
  readonly transaction: bigint;
  readonly roots: readonly bigint[];
}

/** What the last transaction left; undefined when the file is no database. */
export async function lastMeta(file: FileHandle): Promise<Meta | undefined> {
  const first = await metaAt(file, 0);
  if (first === undefined) return undefined;
  const others = [await metaAt(file, first.pageSize / 2), await metaAt(file, first.pageSize)];
  return others.reduce<Meta>(
    (last, meta) => (meta !== undefined && meta.transaction > last.transaction ? meta : last),
    first,
  );
}

async function metaAt(file: FileHandle, page: number): Promise<Meta | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(META.end), 0, META.end, page + HEADER);
  if (bytesRead < META.end || buffer.readUInt32LE(META.magic) !== MAGIC) return undefined;
  return {
    pageSize: buffer.readUInt32LE(META.pageSize),
    lastPage: Number(buffer.readBigUInt64LE(META.lastPage)),
    transaction: buffer.readBigUInt64LE(META.transaction),
    roots: [0, 1].map((tree) => buffer.readBigUInt64LE(META.trees + tree * TREE + ROOT)),
  };
}

/** Is every page that can be reached among the first `pages` of the file? */
export async function isWhole(file: FileHandle, { pageSize, roots }: Meta, pages: number): Promise<boolean> {
  const waiting = [...roots];
  const seen = new Set<bigint>();
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    if (page === NONE) continue;
    if (page >= BigInt(pages) || seen.has(page)) return false;
    seen.add(page);
    const { buffer } = await file.read(Buffer.alloc(pageSize), 0, pageSize, Number(page) * pageSize);
    try {
      for (const next of pagesIn(buffer)) {
        if (next.first + next.count > BigInt(pages)) return false;
        if (next.isTree) waiting.push(next.first);
      }
    } catch {
      // An offset that leads out of the page.
      return false;
    }
  }
  return true;
}

interface Reference {
  readonly first: bigint;
  readonly count: bigint;
  readonly isTree: boolean;
}

function* pagesIn(page: Buffer): Generator<Reference> {
  const flags = page.readUInt16LE(18);
  if ((flags & (BRANCH | LEAF)) === 0) throw new RangeError('no page of a tree');
  for (let i = 0; i < page.readUInt16LE(20) >> 1; i++) {
    const node = page.subarray(HEADER + page.readUInt16LE(HEADER + 2 * i));
    const value = node.subarray(8 + node.readUInt16LE(6));
    const kind = node.readUInt16LE(4);
    if ((flags & BRANCH) !== 0) {
      yield { first: BigInt(node.readUIntLE(0, 6)), count: 1n, isTree: true };
    } else if ((kind & BIG) !== 0) {
      yield { first: value.readBigUInt64LE(0), count: value.readBigUInt64LE(16), isTree: false };
    } else if ((kind & TABLE) !== 0) {
      const root = value.readBigUInt64LE(ROOT);
      if (root !== NONE) yield { first: root, count: 1n, isTree: true };
    }
  }
}
