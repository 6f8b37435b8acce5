import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trafficOf } from '../../src/inspector/page/model/messages-traffic.ts';
import type { Line } from '../../src/monitoring/recording.ts';
import { checkTraffic, draw, line } from './support/page-diagrams.ts';

describe('any recording at all', () => {
  const actor = fc.constantFrom('a', 'b', 'c');
  const type = fc.constantFrom('X', 'Y');
  const sent = fc.record({ from: actor, to: actor, event: fc.record({ type }) });
  const action = fc.oneof(
    fc.record({ kind: fc.constant('deliver'), sent }),
    fc.record({ kind: fc.constantFrom('crash', 'restart', 'choose', 'settle', 'timeout'), actor }),
    fc.record({ kind: fc.constant('what is this') }),
  );
  const network = fc.oneof(
    fc.record({ kind: fc.constantFrom('lose', 'duplicate', 'forge'), sent }),
    fc.record({ kind: fc.constant('corrupt'), sent, into: fc.record({ type }) }),
  );
  const time = fc.option(fc.nat(9), { nil: undefined });
  const lines = fc.array(
    fc.oneof(
      fc.tuple(action, fc.array(sent, { maxLength: 2 }), time),
      fc.tuple(network, fc.constant([]), time),
    ),
    { maxLength: 30 },
  );

  it('is drawn with every message once and no arrow that ends before it starts', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (given, live) => {
        checkTraffic(
          given.map(([happened, said, time], step) =>
            line(step, happened, { sent: said, ...(live ? { node: 'n', time: time ?? step } : {}) }),
          ),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('50,000 entries', () => {
  it('are worked out in well under a second', () => {
    const lines: Line[] = [];
    for (let at = 0; at < 25_000; at += 1) {
      const [from, to] = [`client/${at % 500}`, `service/${(at * 7) % 20}`];
      const id = `n.${at}`;
      const context = { at, list: [1, 2, 3], name: from };
      const said = { from, to, event: { type: 'CALL', at }, id };
      const snapshots = (of: string) => ({ [of]: { status: 'active', value: 'on', context } });
      lines.push(
        line(
          2 * at,
          { kind: 'timeout', actor: from, timer: 't' },
          { sent: [said], snapshots: snapshots(from), node: 'n', time: at },
        ),
        line(
          2 * at + 1,
          { kind: 'deliver', sent: said },
          {
            message: { id, correlation: id, kind: 'notification' },
            snapshots: snapshots(to),
            node: 'n',
            time: at + 1,
          },
        ),
      );
    }
    const before = process.cpuUsage();
    const diagram = draw(trafficOf(lines), { collapse: true });
    // Of this process, not by the clock: others have the machine too.
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1_000;
    expect(diagram.paths.length).toBeGreaterThan(1_000);
    // Measured 200 ms here; the bound is for machines that are slower.
    expect(took).toBeLessThan(2_000);
    console.info(`50,000 entries: ${took.toFixed(0)} ms of CPU`);
  });
});
