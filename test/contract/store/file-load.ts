import { file } from '../../../src/durable/file/store.ts';
import { encodeRecord } from '../../../src/durable/record.ts';
import { say } from './say.ts';
import { numberIn, options } from './support.ts';

/**
 * A process that appends to actors of its own as fast as it can; `store-file-log.test.ts` starts it.
 *
 *   FOLDER NAME ACTORS HISTORY MS   actors `NAME/0`, `NAME/1`, …, each on from where it is; say `i n` of each append that is acknowledged, and
 *                                   the code of each that fails; end after so many ms
 */
const [folder = '', name = '', actors = '', history = '', ms = ''] = process.argv.slice(2);

const journal = await file(folder).open(options({ system: 'load', history: Number(history) }));
const end = Date.now() + Number(ms);

async function run(i: number): Promise<void> {
  const id = `${name}/${i}`;
  const before = (await journal.load(id)).at(-1);
  let last = before?.position ?? 0;
  for (let n = before === undefined ? 0 : numberIn(before.record) + 1; Date.now() < end; n++) {
    last = await journal.append(id, encodeRecord({ n, pad: 'x'.repeat((n * 37) % 1_500) }, false), last);
    say(`${i} ${n}`);
  }
}

const runs = Array.from({ length: Number(actors) }, async (_, i) => run(i));
for (const each of runs) each.catch((error: unknown) => say(String((error as { code?: string }).code)));
await Promise.allSettled(runs);
await journal.close();
process.exit(0);
