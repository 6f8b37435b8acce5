import { useEffect, useState } from 'preact/hooks';
import type { Chart } from '../../../draw/chart.ts';
import type { ChartPicture } from '../../../protocol.ts';
import type { Session } from '../../session.ts';

export interface PictureOptions {
  readonly direction: 'down' | 'right';
  /** States whose content is not drawn. */
  readonly collapsed: readonly string[];
}

/**
 * The picture of a chart. Until it is there, and when none can be had, the chart itself where it was told: it is then shown as an outline.
 */
export function usePicture(
  session: Session,
  hash: string | undefined,
  { direction, collapsed }: PictureOptions,
): ChartPicture | undefined {
  const [picture, setPicture] = useState<ChartPicture | undefined>(undefined);
  const generation = session.generation.value;
  const key = collapsed.join('|');
  useEffect(() => {
    if (hash === undefined) return setPicture(undefined);
    let isCurrent = true;
    const show = (found: ChartPicture): void => {
      if (isCurrent) setPicture(found);
    };
    session.client.chart(hash, direction, collapsed).then(show, () => undefined);
    return () => {
      isCurrent = false;
    };
  }, [hash, direction, key, generation]);
  const known: Chart | undefined = hash === undefined ? undefined : session.journal.charts.get(hash);
  return picture ?? (known === undefined ? undefined : { chart: known, texts: {}, problems: [] });
}
