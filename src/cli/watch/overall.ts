import { setTimeout as sleep } from 'node:timers/promises';
import { liveSource } from '../../inspector/source/live.ts';
import { compact } from '../../message/json.ts';
import type { System } from '../../system.ts';
import { print } from '../show.ts';
import { Counter, type Census } from './census.ts';
import { frameOf, lineOf } from './frame.ts';

const REDRAW = 500;
const COUNT = 1_000;

const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** Another screen, without a cursor; what was on the first one is there again afterwards. */
const BEGIN = '\u001b[?1049h\u001b[?25l';
const END = '\u001b[?25h\u001b[?1049l';

/** The whole system, until Ctrl-C or q: redrawn in place on a terminal, otherwise a line each second. */
export async function watchAll(
  system: System,
  { json = false }: { readonly json?: boolean },
  interrupted: Promise<undefined>,
): Promise<void> {
  const source = liveSource(system);
  const counter = new Counter(source);
  const isScreen = process.stdout.isTTY && !json;
  const over = new AbortController();
  const end = Promise.race([interrupted, ...(isScreen ? [quitKey(over.signal)] : [])]);
  void end.then(() => over.abort());
  try {
    if (isScreen) process.stdout.write(BEGIN);
    await (isScreen ? screen(system.name, counter, over.signal) : lines(counter, json, over.signal));
  } finally {
    if (isScreen) process.stdout.write(END);
    over.abort();
    await source.close();
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

async function screen(name: string, counter: Counter, signal: AbortSignal): Promise<void> {
  let census: Census | undefined;
  let counted = 0;
  while (!signal.aborted) {
    if (census === undefined || Date.now() - counted >= COUNT) {
      census = await counter.count();
      counted = Date.now();
    }
    const { columns, rows } = process.stdout;
    // Between two counts, the countdowns go on.
    const now = { ...census, at: census.at + Date.now() - counted };
    const frame = frameOf(name, now, { columns, rows });
    process.stdout.write(`${HOME}${frame.map((line) => `${line}${CLEAR_LINE}`).join('\n')}${CLEAR_BELOW}`);
    await pause(REDRAW, signal);
  }
}

async function lines(counter: Counter, json: boolean, signal: AbortSignal): Promise<void> {
  for (;;) {
    await pause(COUNT, signal);
    if (signal.aborted) return;
    const census = await counter.count();
    print(json ? compact({ ...census, at: new Date(census.at) }) : lineOf(census));
  }
}

const CTRL_C = '\u0003';

function quitKey(signal: AbortSignal): Promise<undefined> {
  const { stdin } = process;
  if (!stdin.isTTY) return new Promise(() => undefined);
  stdin.setRawMode(true);
  stdin.resume();
  signal.addEventListener('abort', () => {
    stdin.setRawMode(false);
    stdin.pause();
  });
  return new Promise((resolve) => {
    stdin.on('data', (keys) => {
      if (['q', 'Q', CTRL_C].some((key) => keys.toString().includes(key))) resolve(undefined);
    });
  });
}
