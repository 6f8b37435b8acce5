import { createReadStream } from 'node:fs';

/** One line of a file; `text` is absent when it is longer than LINE bytes. */
export interface FileLine {
  /** From 1. */
  readonly number: number;
  readonly text?: Buffer;
  /** Did it end with a line break? Only the last one of a file may not. */
  readonly isWhole: boolean;
}

/** The longest line that is read, bytes. */
const LINE = 16 * 1024 * 1024;
const CHUNK = 256 * 1024;
const NEWLINE = 10;

/** The lines of a file of any size, one chunk in memory at a time. */
export async function* linesOf(file: string): AsyncGenerator<FileLine> {
  let number = 1;
  let parts: Buffer[] = [];
  let size = 0;
  const line = (last: Buffer, isWhole: boolean): FileLine => {
    size += last.length;
    const text = parts.length === 0 ? last : Buffer.concat([...parts, last]);
    const isTooLong = size > LINE;
    parts = [];
    size = 0;
    return { number: number++, isWhole, ...(isTooLong ? {} : { text }) };
  };
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to !== -1; to = chunk.indexOf(NEWLINE, from)) {
      yield line(chunk.subarray(from, to), true);
      from = to + 1;
    }
    const rest = chunk.subarray(from);
    if (size <= LINE) parts.push(Buffer.from(rest));
    size += rest.length;
  }
  if (size > 0) yield line(Buffer.alloc(0), false);
}
