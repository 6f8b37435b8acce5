export { seeded } from '../../src/testing/random.ts';

type Random = () => number;
type Mutation = (bytes: Buffer, random: Random, corpus: readonly Uint8Array[]) => Buffer;

const below = (random: Random, count: number): number => Math.floor(random() * count);

const randomBytes = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => below(random, 256)));

/** msgpack heads that promise more than there is, or something that Troupe never writes. */
const heads = [0xc1, 0xc7, 0xc8, 0xc9, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xdb, 0xdd, 0xdf, 0xc6, 0xcf, 0xcb];
const hostile = ['xstate.stop', 'xstate.init', '*', '$stop', '$who', '$observe', '__proto__', '\0m', '\0d'];

const mutations: readonly Mutation[] = [
  function flipBits(bytes, random) {
    for (let left = 1 + below(random, 8); left > 0 && bytes.length > 0; left--) {
      const at = below(random, bytes.length);
      bytes[at] = bytes[at]! ^ (1 << below(random, 8));
    }
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, below(random, bytes.length + 1));
  },
  function splice(bytes, random, corpus) {
    const other = Buffer.from(corpus[below(random, corpus.length)]!);
    return Buffer.concat([
      bytes.subarray(0, below(random, bytes.length + 1)),
      other.subarray(below(random, other.length + 1)),
    ]);
  },
  function insert(bytes, random) {
    const at = below(random, bytes.length + 1);
    return Buffer.concat([
      bytes.subarray(0, at),
      randomBytes(random, 1 + below(random, 16)),
      bytes.subarray(at),
    ]);
  },
  function lieAboutLength(bytes, random) {
    if (bytes.length < 8) return bytes;
    bytes.writeUInt32BE(
      below(random, 2) === 0 ? 0xffffffff : below(random, 2 ** 31),
      below(random, bytes.length - 4),
    );
    return bytes;
  },
  function plantHead(bytes, random) {
    if (bytes.length > 30) bytes[24 + below(random, bytes.length - 24)] = heads[below(random, heads.length)]!;
    return bytes;
  },
  function nest(bytes, random) {
    const at = below(random, bytes.length + 1);
    const depth = 1 + below(random, 2_000);
    return Buffer.concat([
      bytes.subarray(0, at),
      Buffer.alloc(depth, below(random, 2) === 0 ? 0x91 : 0x81),
      bytes.subarray(at),
    ]);
  },
  function plantText(bytes, random) {
    const text = Buffer.from(hostile[below(random, hostile.length)]!);
    const at = below(random, bytes.length + 1);
    const packed = Buffer.concat([Buffer.from([0xa0 | text.length]), text]);
    return Buffer.concat([
      bytes.subarray(0, at),
      packed,
      bytes.subarray(Math.min(bytes.length, at + packed.length)),
    ]);
  },
  function noise(_bytes, random) {
    return randomBytes(random, below(random, 200));
  },
  function noiseAfterHeader(bytes, random) {
    return Buffer.concat([bytes.subarray(0, 24), randomBytes(random, below(random, 100))]);
  },
  function repeat(bytes) {
    return bytes;
  },
];

/** One of the corpus, changed in one to three ways. */
export function mutate(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = Buffer.from(corpus[below(random, corpus.length)]!);
  for (let times = 1 + below(random, 3); times > 0; times--)
    bytes = Buffer.from(mutations[below(random, mutations.length)]!(bytes, random, corpus));
  return bytes;
}
