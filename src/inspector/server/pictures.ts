import { TroupeError } from '../../errors.ts';
import type { Chart } from '../draw/chart.ts';
import type { Geometry } from '../layout/geometry.ts';
import type { ChartPicture, ChartProblem } from '../protocol.ts';
import type { Source } from '../source/source.ts';
import { bounds } from './bounds.ts';

export type Direction = 'down' | 'right';

/** How a chart is to be drawn; `collapsed`: ids of states whose content is left out. */
interface Way {
  readonly direction: Direction;
  readonly collapsed: readonly string[];
}

/** What makes a picture of a chart; all of it is loaded on use. */
export interface Drawing {
  /** undefined: no layout could be made in time */
  layout(chart: Chart, direction: Direction, collapsed: readonly string[]): Promise<Geometry>;
  problems(chart: Chart): Promise<readonly ChartProblem[]>;
}

/** Pictures of charts, by hash and direction: each is made once, one after the other, and the last ones are kept. */
export class Pictures {
  readonly #kept = new Map<string, Promise<ChartPicture>>();
  readonly #drawing: Drawing;
  #last: Promise<unknown> = Promise.resolve();

  constructor(drawing: Drawing) {
    this.#drawing = drawing;
  }

  /** @throws TroupeError NO_SUCH_CHART */
  async get(
    source: Source,
    hash: string,
    direction: Direction,
    collapsed: readonly string[] = [],
  ): Promise<ChartPicture> {
    const key = `${direction}:${hash}:${collapsed.length === 0 ? '' : JSON.stringify(collapsed)}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const chart = await source.chart(hash);
    if (chart === undefined)
      throw new TroupeError('NO_SUCH_CHART', `No actor with a chart "${hash}" was seen.`);
    return this.#kept.get(key) ?? this.#make(key, chart, { direction, collapsed }, source.problems?.(hash));
  }

  /**
   * A chart as text to take away.
   * @throws TroupeError NO_SUCH_CHART; NOT_AVAILABLE when it could not be laid out
   */
  async text(form: 'mermaid' | 'svg', picture: Promise<ChartPicture>): Promise<string> {
    const { chart, drawing } = await picture;
    if (form === 'mermaid') return (await import('../draw/mermaid.ts')).toMermaid(chart);
    if (drawing === undefined)
      throw new TroupeError('NOT_AVAILABLE', 'No picture could be made of this chart.');
    const [{ layOn }, { toSvg }] = await Promise.all([
      import('../draw/overlay.ts'),
      import('../draw/svg.ts'),
    ]);
    return toSvg(layOn(drawing.shape, {}));
  }

  #make(
    key: string,
    chart: Chart,
    way: Way,
    known: readonly ChartProblem[] | undefined,
  ): Promise<ChartPicture> {
    const picture = this.#last.then(() => this.#draw(chart, way, known));
    this.#last = picture;
    this.#kept.set(key, picture);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= bounds.pictures) break;
      this.#kept.delete(oldest);
    }
    return picture;
  }

  /** A chart that cannot be laid out is shown as an outline. */
  async #draw(
    chart: Chart,
    { direction, collapsed }: Way,
    known: readonly ChartProblem[] | undefined,
  ): Promise<ChartPicture> {
    const [geometry, problems] = await Promise.all([
      this.#drawing.layout(chart, direction, collapsed).catch(() => undefined),
      known ?? this.#drawing.problems(chart).catch(() => []),
    ]);
    const { textsOf } = await import('../draw/texts.ts');
    const told = { chart, texts: textsOf(chart), problems };
    if (geometry === undefined) return told;
    const [{ drawChart }, { pageStyle }] = await Promise.all([
      import('../draw/render.ts'),
      import('../draw/theme.ts'),
    ]);
    const shape = drawChart(geometry, { problems, collapsed });
    return { ...told, drawing: { shape, style: pageStyle() } };
  }
}
