import { TroupeError } from '../../errors.ts';
import type { Move } from '../paths/move.ts';
import type { Opening, Path, Step } from '../paths/path.ts';
import { moveText, stateText } from '../paths/text.ts';
import { differences, differenceText } from './difference.ts';
import { expectedOf } from './expected.ts';
import type { Sut } from './sut.ts';

/** Which events that must change nothing are tried along a path: by number of steps taken before. */
export type Negatives = (steps: number) => readonly Move[];

/** Where a system under test left a path. */
class Deviation extends Error {
  readonly steps: number;
  /** The event that had to be ignored. */
  readonly ignored: Move | undefined;

  constructor(message: string, steps: number, ignored?: Move, cause?: unknown) {
    super(message, { cause });
    this.steps = steps;
    this.ignored = ignored;
  }
}

/**
 * Take a system under test along a path, and compare it with the chart before the first step and after each one.
 * @throws TroupeError MODEL_MISMATCH with the path and the place where the system left it
 */
export async function walk<T>(path: Path, sut: Sut<T>, negatives: Negatives): Promise<void> {
  try {
    await attempt(path, sut, negatives);
  } catch (error) {
    if (!(error instanceof Deviation)) throw error;
    throw new TroupeError('MODEL_MISMATCH', report(path, error), {
      cause: error.cause,
      data: { path: path.name, steps: error.steps },
    });
  }
}

async function attempt<T>(path: Path, sut: Sut<T>, negatives: Negatives): Promise<void> {
  const run = await guarded(0, undefined, () => sut.start());
  try {
    const { opening, steps } = path;
    await compare(sut, run, opening, 0);
    await ignores(sut, run, opening, 0, negatives(0));
    for (const [index, step] of steps.entries()) {
      await guarded(index + 1, undefined, () => act(sut, run, step.move));
      await compare(sut, run, step, index + 1);
      await ignores(sut, run, step, index + 1, negatives(index + 1));
    }
  } finally {
    await sut.stop?.(run);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function guarded<R>(steps: number, ignored: Move | undefined, run: () => R | Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (error) {
    throw new Deviation(messageOf(error), steps, ignored, error);
  }
}

async function act<T>(sut: Sut<T>, run: T, move: Move): Promise<void> {
  if (move.kind === 'event') await sut.send(run, move.event);
  else if (move.kind === 'timer') {
    if (sut.fire === undefined)
      throw new Error('The system under test cannot let a timer run out: give it "fire".');
    await sut.fire(run, move);
  } else {
    if (sut.settle === undefined)
      throw new Error('The system under test cannot let work end: give it "settle".');
    await sut.settle(run, move);
  }
}

async function compare<T>(
  sut: Sut<T>,
  run: T,
  { state, view, effects }: Opening,
  steps: number,
  ignored?: Move,
): Promise<void> {
  const expected = expectedOf(state, effects);
  await guarded(steps, ignored, () => sut.check?.(run, view));
  if (sut.observe === undefined) return;
  const found = await guarded(steps, ignored, () => sut.observe?.(run, expected) ?? {});
  const all = differences(expected, found);
  if (all.length > 0) throw new Deviation(all.map(differenceText).join('\n'), steps, ignored);
}

/** An event that the chart ignores: a refusal by exception is as good, as long as nothing changes. */
async function ignores<T>(
  sut: Sut<T>,
  run: T,
  after: Opening,
  steps: number,
  moves: readonly Move[],
): Promise<void> {
  for (const move of moves) {
    if (move.kind !== 'event') continue;
    try {
      await sut.send(run, move.event);
    } catch {
      // Seen in the state it is in.
    }
    await compare(sut, run, { ...after, effects: [] }, steps, move);
  }
}

function report(path: Path, { steps, ignored, message }: Deviation): string {
  const all = path.steps;
  const where = ignored === undefined ? '' : ` over ${moveText(ignored)}, which had to change nothing`;
  const what = steps === 0 ? 'before the first step' : `at step ${steps} of ${all.length}`;
  const lines = [line(path.opening, 0), ...all.map((step, index) => line(step, index + 1))];
  const marked = lines.flatMap((text, index) => {
    if (index > steps) return index === steps + 1 ? [`       (${lines.length - index} more)`] : [];
    return index === steps ? [`✗ ${text}`, ...indented(message)] : [`  ${text}`];
  });
  return [`The system under test leaves the path ${what}${where}.`, '', ...marked].join('\n');
}

const line = (step: Opening | Step, number: number): string =>
  number === 0
    ? `  0  ${stateText(step.view)}`
    : `${String(number).padStart(3)}  ${'move' in step ? moveText(step.move) : ''} → ${stateText(step.view)}`;

const indented = (message: string): string[] => message.split('\n').map((text) => `       ${text}`);
