import { stages, type Stage, type Tally } from '../tally.ts';
import type { Monitor } from '../vitals.ts';
import { paintFor, type Paint } from './colour.ts';
import { Screen } from './screen.ts';

const redraw = { live: 200, plain: 1_000 } as const;
const width = 40;

interface View {
  readonly title: string;
  readonly counts: ReadonlyMap<Stage, number>;
  readonly total: number;
  readonly seconds: number;
  readonly rate: number;
  readonly tally: Tally;
}

/** Show how a run goes on, until the returned function is called. */
export function showProgress(
  stream: NodeJS.WriteStream,
  title: string,
  tally: Tally,
  monitor: Monitor,
): () => void {
  const screen = new Screen(stream);
  const paint = paintFor(stream);
  const began = performance.now();
  const meter = new Meter(monitor);
  const draw = (): void => {
    const view: View = {
      title,
      counts: countStages(tally),
      total: tally.stages.size,
      seconds: (performance.now() - began) / 1000,
      rate: meter.rate,
      tally,
    };
    screen.draw(screen.isLive ? frame(view, paint) : [line(view)]);
  };
  const every = screen.isLive ? redraw.live : redraw.plain;
  const timer = setInterval(() => {
    void meter.read();
    draw();
  }, every);
  void meter.read();
  draw();
  return () => {
    clearInterval(timer);
    draw();
    screen.keep();
  };
}

/** Messages per second between two readings. */
class Meter {
  rate = 0;
  readonly #monitor: Monitor;
  #last: { readonly at: number; readonly sent: number } | undefined;

  constructor(monitor: Monitor) {
    this.#monitor = monitor;
  }

  async read(): Promise<void> {
    const { sent } = await this.#monitor.read();
    const at = performance.now();
    const last = this.#last;
    if (last !== undefined && at > last.at) this.rate = ((sent - last.sent) * 1000) / (at - last.at);
    this.#last = { at, sent };
  }
}

function countStages(tally: Tally): Map<Stage, number> {
  const counts = new Map<Stage, number>(stages.map((stage) => [stage, 0]));
  for (const stage of tally.stages.values()) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  return counts;
}

const rateOf = ({ rate }: View): string => `${Math.round(rate).toLocaleString('en')} messages/s`;

const line = (view: View): string =>
  [
    `${view.title} ${view.seconds.toFixed(1)} s`,
    stages.map((stage) => `${stage} ${view.counts.get(stage) ?? 0}`).join(', '),
    `breaker ${view.tally.breaker}`,
    rateOf(view),
  ].join(' | ');

const colourOf: Partial<Record<Stage, keyof Paint>> = {
  undoing: 'yellow',
  confirmed: 'green',
  rejected: 'red',
};

function frame(view: View, paint: Paint): string[] {
  const { tally } = view;
  const breaker = `breaker ${tally.breaker}`;
  const bars = stages.map((stage) => {
    const count = view.counts.get(stage) ?? 0;
    const bar = '█'.repeat(Math.ceil((count / view.total) * width)).padEnd(width, '·');
    return `  ${stage.padEnd(10)} ${paint[colourOf[stage] ?? 'dim'](bar)} ${String(count).padStart(4)}`;
  });
  return [
    `${paint.bold(view.title)}  ${view.seconds.toFixed(1)} s`,
    ...bars,
    `  ${tally.breaker === 'closed' ? paint.green(breaker) : paint.red(breaker)}, opened ${tally.openings} times   ${rateOf(view)}`,
  ];
}
