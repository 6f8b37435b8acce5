import { expect } from 'vitest';
import {
  diagramOf,
  type Diagram,
  type DiagramOptions,
} from '../../../src/inspector/page/model/messages-diagram.ts';
import { orderOf } from '../../../src/inspector/page/model/messages-order.ts';
import { trafficOf, type Arrow, type Traffic } from '../../../src/inspector/page/model/messages-traffic.ts';
import type { Entry } from '../../../src/monitoring/entry.ts';
import type { Line } from '../../../src/monitoring/recording.ts';

const all: DiagramOptions = { order: 'causal', collapse: false, unheeded: true };
export const draw = (traffic: Traffic, options: Partial<DiagramOptions> = {}): Diagram =>
  diagramOf(traffic, orderOf(traffic), { ...all, ...options });

/** What must hold of every recording. */
export function checkTraffic(entries: readonly Entry[]): void {
  const lines = entries.filter((each): each is Line => each.kind === 'step');
  const traffic = trafficOf(entries);
  const { occurrences, arrows } = traffic;
  const deliveries = occurrences.filter(({ kind }) => kind === 'deliver').map(({ index }) => index);
  const targets = arrows.map(({ target }) => target).filter((each) => deliveries.includes(each ?? -1));
  expect(targets.sort((a = 0, b = 0) => a - b)).toEqual(deliveries);
  const said = lines.reduce((sum, { sent }) => sum + sent.length, 0);
  const isSaid = ({ kind, duplicate, source, event, original = event }: Arrow): boolean =>
    kind !== 'event' &&
    !duplicate &&
    (occurrences[source ?? -1]?.line?.sent ?? []).some((each) => each.event === original);
  expect(arrows.filter(isSaid)).toHaveLength(said);
  expect(new Set(arrows.map(({ key }) => key)).size).toBe(arrows.length);
  const order = orderOf(traffic);
  const linked = arrows.filter(({ source, target }) => source !== undefined && target !== undefined);
  for (const { key, source = 0, target = 0 } of linked) {
    if (order.cut.has(key)) continue;
    expect(order.layers[target]).toBeGreaterThan(order.layers[source]!);
    expect(order.ranks[target]).toBeGreaterThan(order.ranks[source]!);
  }
  for (const { index, before } of occurrences)
    if (before !== undefined && order.cut.size === 0)
      expect(order.layers[index]).toBeGreaterThan(order.layers[before]!);
  for (const options of [{}, { order: 'clock' }, { collapse: true, unheeded: false }] as const) {
    const { paths, marks, lifelines, rows } = draw(traffic, options);
    for (const { fromRow, toRow } of paths) expect(toRow).toBeGreaterThan(fromRow);
    for (const { toRow, toColumn, fromColumn } of paths) {
      expect(toRow).toBeLessThan(rows);
      expect(Math.max(toColumn, fromColumn)).toBeLessThan(lifelines.length);
    }
    expect(new Set(marks.map(({ column, row }) => `${column} ${row}`)).size).toBe(marks.length);
  }
}

export const line = (step: number, action: Line['action'], rest: Partial<Line> = {}): Line => ({
  kind: 'step',
  step,
  action,
  sent: [],
  emitted: [],
  snapshots: {},
  ...rest,
});
