import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTroupeError } from '../../src/errors.ts';
import { overhead, PREFIX, readFrame, writeFrame } from '../../src/transport/frame.ts';
import { mutate, seeded } from '../support/mutate.ts';

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const uint48 = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const header = fc.record({
  node: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  epoch: uint32,
  number: uint48,
  ackEpoch: uint32,
  ackNumber: uint48,
  reset: fc.boolean(),
});

describe('frame', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(header, fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (given, parts) => {
        const bytes = writeFrame(given, parts);
        const size = parts.reduce((sum, part) => sum + PREFIX + part.length, overhead(given.node));
        expect(bytes).toHaveLength(size);
        const { spans, ...read } = readFrame(bytes);
        expect(read).toEqual(given);
        const found = parts.map((_, i) => Array.from(bytes.subarray(spans[i * 2], spans[i * 2 + 1])));
        expect(found).toEqual(parts.map((part) => Array.from(part)));
      }),
    );
  });

  it('T4 20 000 mutated frames: spans within the bytes, or a typed refusal', () => {
    const seed = Date.now() % 2 ** 31;
    const random = seeded(seed);
    const own = { node: 'node-1', epoch: 1, number: 2, ackEpoch: 3, ackNumber: 4, reset: false };
    const corpus = [
      writeFrame(own, [new Uint8Array(10), new Uint8Array(0)]),
      writeFrame({ ...own, reset: true }, []),
    ];
    const codes = new Set<string>();
    for (let i = 0; i < 20_000; i++) {
      const bytes = mutate(corpus, random);
      try {
        const { spans, node } = readFrame(bytes);
        expect(node, `seed ${seed}`).toMatch(/^[A-Za-z0-9_-]+$/);
        for (const [at, edge] of spans.entries()) {
          expect(edge, `seed ${seed}`).toBeLessThanOrEqual(bytes.length);
          expect(edge, `seed ${seed}`).toBeGreaterThanOrEqual(spans[at - 1] ?? 0);
        }
      } catch (error) {
        if (!isTroupeError(error)) throw new Error(`seed ${seed}, frame ${i}`, { cause: error });
        codes.add(error.code);
      }
    }
    expect([...codes].toSorted()).toEqual(['MALFORMED_MESSAGE', 'UNKNOWN_VERSION']);
  });
});
