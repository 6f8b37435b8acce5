import { encodeRecord } from '../../../src/durable/record.ts';
import type { Journal } from '../../../src/durable/store.ts';
import { openWhole } from './open-whole.ts';
import { say } from './say.ts';
import { numberIn } from './support.ts';

/**
 * A process that uses a file store; `store-file-faults.test.ts` starts it.
 *
 *   FOLDER append COUNT [exit]   append to COUNT actors at the same time; say `id position n` of each append that is acknowledged;
 *                                with `exit`, end by process.exit in the middle of it
 *   FOLDER rival WINS            append to the actor `raced` against others until it has won so often; say each
 *   FOLDER fill                  append until it fails twice; say the code of each failure, then what is there
 *   FOLDER open [COUNT]          open, so often, say `fine` or the code of the error, and its message
 */
const [folder = '', command, count = '', more] = process.argv.slice(2);
// What waits for lmdb alone does not keep a process alive.
const alive = setInterval(() => undefined, 1_000);

async function append(journal: Journal, id: string): Promise<never> {
  const before = (await journal.load(id)).at(-1);
  let last = before?.position ?? 0;
  for (let n = before === undefined ? 0 : numberIn(before.record) + 1; ; n++) {
    last = await journal.append(id, encodeRecord({ n, pad: 'x'.repeat(n % 300) }, false), last);
    say(`${id} ${last} ${n}`);
    if (more === 'exit' && n >= 5) process.exit(3);
  }
}

async function rival(journal: Journal): Promise<void> {
  for (let wins = 0; wins < Number(count);) {
    const last = (await journal.load('raced')).at(-1)?.position ?? 0;
    try {
      const position = await journal.append('raced', encodeRecord({ n: process.pid }, false), last);
      say(`raced ${position} ${process.pid}`);
      wins++;
    } catch (error) {
      if ((error as { code?: string }).code !== 'FENCED') throw error;
    }
  }
}

async function fill(journal: Journal): Promise<void> {
  let last = 0;
  let n = 0;
  for (let failures = 0; failures < 2;) {
    try {
      last = await journal.append('a', encodeRecord({ n, pad: 'x'.repeat(10_000) }, false), last);
      n++;
    } catch (error) {
      failures++;
      say(String((error as { code?: string }).code));
    }
  }
  const found = await journal.load('a');
  say(`${n > 0} ${found.length} ${found[0]?.position === last} ${numberIn(found[0]!.record) === n - 1}`);
}

try {
  const journal = await openWhole(folder);
  if (command === 'append') {
    await Promise.all(Array.from({ length: Number(count) }, async (_, i) => append(journal, `a/${i}`)));
  } else if (command === 'rival') await rival(journal);
  else if (command === 'fill') await fill(journal);
  else say('fine');
  await journal.close();
  if (command === 'open') for (let n = 1; n < Number(count); n++) await (await openWhole(folder)).close();
} catch (error) {
  say(`${String((error as { code?: string }).code)} ${(error as Error).message}`);
}
clearInterval(alive);
