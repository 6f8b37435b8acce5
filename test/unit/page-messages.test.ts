import { tell } from 'troupe';
import {
  decodeRecording,
  defineSystem,
  eventually,
  explore,
  simulate,
  toRecording,
  type Recording,
} from 'troupe/testing';
import { createMachine, setup } from 'xstate';
import { beforeAll, describe, expect, it } from 'vitest';
import { system as teapots } from '../../examples/10-simulate.ts';
import type { Entry } from '../../src/monitoring/entry.ts';
import type { Line } from '../../src/monitoring/recording.ts';
import { sequenceMermaid, sequenceSvg } from '../../src/inspector/draw/sequence.ts';
import { sequenceOf, toNdjson } from '../../src/inspector/page/model/messages-export.ts';
import { conesOf, orderOf } from '../../src/inspector/page/model/messages-order.ts';
import { lineText, States } from '../../src/inspector/page/model/messages-states.ts';
import { trafficOf, type Arrow } from '../../src/inspector/page/model/messages-traffic.ts';
import { checkTraffic, draw, line } from './support/page-diagrams.ts';
import { shop, trips } from './support/page-runs.ts';

const short = (address: string): string => address.replace(/\/1@.*/, '');
const told = ({ kind, from, to, event, fate, duplicate }: Arrow): string =>
  `${kind} ${event.type} ${short(from)} → ${short(to)}${duplicate ? ' again' : ''}${fate === 'delivered' ? '' : ` ${fate}`}`;

const counterexample = (): Recording => {
  const { failure } = simulate(teapots({ remembers: false }), { seed: 7, runs: 1_000 });
  return decodeRecording(toRecording(failure!.trace, { source: 'simulate', property: failure!.property }));
};

describe('the messages of a live recording', () => {
  let saga: Recording;
  let dance: Recording;
  beforeAll(async () => {
    [saga, dance] = await Promise.all([trips(), shop('choreographed')]);
  });

  it('belong to who said them and who took them, though no message has an id', () => {
    const { arrows } = trafficOf(saga.lines);
    expect(arrows.filter(({ from, to }) => [from, to].includes('trips/Venice')).map(told)).toEqual([
      'request CALL trips/Venice → flights',
      'answer DONE flights → trips/Venice',
      'request CALL trips/Venice → hotels',
      'answer DONE hotels → trips/Venice',
      'request CALL trips/Venice → cars',
      'answer FAILED cars → trips/Venice',
      'request CALL trips/Venice → hotels',
      'answer DONE hotels → trips/Venice',
      'request CALL trips/Venice → flights',
      'answer DONE flights → trips/Venice',
    ]);
    expect(arrows.every(({ source, target }) => source !== undefined && target !== undefined)).toBe(true);
    // Seven steps, one of them tried twice, and two undone: a question and an answer for each.
    expect(arrows).toHaveLength(2 * (7 - 1 + 1 + 2));
    checkTraffic(saga.lines);
  });

  it('answer the very work that asked', () => {
    const { arrows, occurrences } = trafficOf(saga.lines);
    const failed = arrows.find(({ event }) => event.type === 'FAILED' && 'error' in event && told)!;
    const settled = occurrences[failed.target!]!;
    expect(settled.kind).toBe('settle');
    expect(settled.line!.action['outcome']).toMatchObject({ error: { code: 'SHAKY' } });
  });

  it('are drawn once for each who heard an event of the bus', () => {
    const { arrows, occurrences } = trafficOf(dance.lines);
    const rejected = arrows.filter(
      ({ event, target }) => event.type === 'inventory.rejected' && occurrences[target!]!.heeded,
    );
    expect(rejected.map(told).sort()).toEqual([
      'event inventory.rejected inventory-desk → order/r/missing',
      'event inventory.rejected inventory-desk → payment-desk',
    ]);
    expect(new Set(rejected.map(({ source }) => source)).size).toBe(1);
    checkTraffic(dance.lines);
  });

  it('are grouped by node, services under their name', () => {
    const { groups, lifelines } = draw(trafficOf(dance.lines));
    expect(groups.map(({ label }) => label.split('-')[0])).toEqual([
      'books',
      'bank',
      'payment',
      'inventory',
      'orders',
      'shop',
    ]);
    expect(lifelines.map(({ label }) => label)).toContain('payment-desk');
  });

  it('have a past and a future', () => {
    const traffic = trafficOf(saga.lines);
    const order = orderOf(traffic);
    const failed = traffic.arrows.find(
      ({ event, from }) => event.type === 'FAILED' && from.startsWith('cars'),
    )!;
    const { past, future } = conesOf(order, failed);
    const types = (cone: ReadonlySet<number>): string[] =>
      traffic.arrows
        .filter(
          ({ source, target, key }) => cone.has(source ?? -1) && cone.has(target ?? -1) && key !== failed.key,
        )
        .map(told);
    expect(types(future)).toEqual([
      'request CALL trips/Venice → hotels',
      'answer DONE hotels → trips/Venice',
      'request CALL trips/Venice → flights',
      'answer DONE flights → trips/Venice',
    ]);
    expect(types(past)).toContain('request CALL trips/Venice → cars');
    expect([...past].some((index) => future.has(index))).toBe(false);
  });

  it('can be taken out as Mermaid, SVG and as the very entries', () => {
    const traffic = trafficOf(saga.lines);
    const venice = new Set(traffic.occurrences.filter(({ actor }) => actor === 'trips/Venice'));
    const diagram = draw(traffic, { include: (each) => venice.has(each) });
    const mermaid = sequenceMermaid(sequenceOf(diagram)).split('\n');
    expect(mermaid.slice(0, 4)).toEqual([
      'sequenceDiagram',
      '  participant p0 as trips/Venice',
      '  p0->>p0: CALL book [to flights/1@' + mermaid[2]!.split('@')[1]!,
      mermaid[3],
    ]);
    expect(sequenceMermaid(sequenceOf(draw(traffic)))).toContain('  participant p0 as flights\n');
    expect(sequenceSvg(sequenceOf(draw(traffic))).match(/class="a /g)).toHaveLength(18);
    expect(decodeRecording(toNdjson(saga.lines, 'x')).lines).toEqual(saga.lines);
  });

  it('may be hidden where nobody heeded them, and local runs collapse', () => {
    const traffic = trafficOf(dance.lines);
    const few = draw(traffic, { unheeded: false, collapse: true });
    const many = draw(traffic);
    expect(few.paths.length).toBeLessThan(many.paths.length);
    expect(few.marks.length).toBeLessThan(many.marks.length);
    const hidden = many.marks.length - few.marks.reduce((sum, { count }) => sum + count, 0);
    const speaking = new Set(few.lifelines.map(({ actor }) => actor));
    const silent = traffic.occurrences.filter(({ heeded, actor = '' }) => !heeded || !speaking.has(actor));
    expect(hidden).toBe(silent.length);
  });

  it('have no column for who says and hears nothing, and no row in which nothing is drawn', () => {
    const traffic = trafficOf(dance.lines);
    const { lifelines, paths, marks, rows } = draw(traffic, { unheeded: false, collapse: true });
    const named = new Set(paths.flatMap(({ arrow: { from, to } }) => [from, to]));
    expect(lifelines.every(({ actor }) => named.has(actor))).toBe(true);
    expect(draw(traffic).lifelines.length).toBeGreaterThan(lifelines.length);
    const drawn = new Set([
      ...marks.map(({ row }) => row),
      ...paths.flatMap((path) => [path.fromRow, path.toRow]),
    ]);
    for (let row = 1; row < rows - 1; row++) expect(drawn).toContain(row);
  });
});

/** Asks once, on a network that may lose it. */
const impatient = defineSystem({
  name: 'impatient',
  faults: { lose: 1 },
  actors: {
    shop: {
      logic: setup({ actions: { thank: tell('buyer', { type: 'THANKS' }) } }).createMachine({
        on: { BUY: { actions: 'thank' } },
      }),
    },
    buyer: {
      logic: createMachine({
        initial: 'buying',
        states: {
          buying: { entry: tell('shop', { type: 'BUY' }), on: { THANKS: 'content' } },
          content: { type: 'final' },
        },
      }),
    },
  },
  properties: [eventually('the buyer is content', ({ actors }) => actors['buyer']?.status === 'done')],
});

describe('the messages of a counterexample', () => {
  const recording = counterexample();

  it('are those of the run, with what the network lost', () => {
    checkTraffic(recording.lines);
    const { arrows } = trafficOf(recording.lines);
    expect(arrows.map(told)).toEqual([
      'message BUY buyer → shop',
      'message THANKS shop → buyer pending',
      'message BUY buyer → shop',
      'message THANKS shop → buyer pending',
    ]);
  });

  it('end at the network that loses them', () => {
    const trace = explore(impatient).properties.find(({ holds }) => holds === false)?.trace;
    const { lines } = decodeRecording(toRecording(trace!, { source: 'check' }));
    checkTraffic(lines);
    expect(trafficOf(lines).arrows.map(told)).toContain('message BUY buyer → shop lost');
  });

  it('can be stepped through: the state of each actor, and what a step changed', () => {
    const states = new States(recording.lines);
    const last = recording.lines.length - 1;
    expect(states.after(0).map(({ actor, changed }) => [actor, changed])).toEqual([
      ['shop', true],
      ['buyer', true],
    ]);
    const [shopThen] = states.after(last);
    expect(shopThen).toMatchObject({
      actor: 'shop',
      changed: true,
      snapshot: { context: { sold: ['teapot', 'teapot'] } },
      previous: { context: { sold: ['teapot'] } },
    });
    expect(recording.lines.map(lineText)).toEqual([
      'shop, buyer start',
      'shop takes BUY from buyer',
      'timer 1.00 s in buyer.buying of buyer fires',
      'shop takes BUY from buyer',
    ]);
  });
});

const ping = { from: 'a', to: 'b', event: { type: 'PING' } };
const snapshot = { status: 'active', value: 'on' };

describe('the network of a model', () => {
  it('copies, changes and makes up messages', () => {
    const pong = { from: 'b', to: 'a', event: { type: 'PONG' } };
    const lines = [
      line(0, { kind: 'start' }, { sent: [ping], snapshots: { a: snapshot, b: snapshot } }),
      line(1, { kind: 'duplicate', sent: ping }),
      line(2, { kind: 'deliver', sent: ping }),
      line(3, { kind: 'corrupt', sent: ping, into: { type: 'PANG' } }),
      line(4, { kind: 'deliver', sent: { ...ping, event: { type: 'PANG' } } }),
      line(5, { kind: 'forge', sent: pong }),
      line(6, { kind: 'crash', actor: 'b' }),
      line(7, { kind: 'partition', side: ['a'] }),
    ];
    checkTraffic(lines);
    const { arrows } = trafficOf(lines);
    expect(arrows.map(told)).toEqual([
      'message PING a → b',
      'message PANG a → b again',
      'message PONG b → a pending',
    ]);
    expect(arrows[1]!.original).toEqual({ type: 'PING' });
    expect(draw(trafficOf(lines)).lifelines.map(({ label }) => label)).toEqual(['network', 'a', 'b']);
  });

  it('may deliver a message again', () => {
    const lines = [
      line(0, { kind: 'start' }, { sent: [ping], snapshots: { a: snapshot, b: snapshot } }),
      line(1, { kind: 'deliver', sent: ping }),
      line(2, { kind: 'deliver', sent: ping }),
    ];
    expect(trafficOf(lines).arrows.map(told)).toEqual(['message PING a → b', 'message PING a → b again']);
    checkTraffic(lines);
  });
});

describe('messages with ids', () => {
  const message = (id: string) => ({ id, correlation: id, kind: 'notification' });

  it('are found by them, in whatever order the lines come', () => {
    const lines = [
      line(0, { kind: 'deliver', sent: ping }, { message: message('n.2'), node: 'n', time: 5 }),
      line(1, { kind: 'deliver', sent: ping }, { message: message('n.1'), node: 'n', time: 6 }),
      line(
        2,
        { kind: 'choose', actor: 'a', event: { type: 'GO' } },
        {
          sent: [
            { ...ping, id: 'n.1' },
            { ...ping, id: 'n.2' },
          ],
          node: 'n',
          time: 5,
        },
      ),
    ];
    expect(trafficOf(lines).arrows.map(({ id, target }) => [id, target])).toEqual([
      ['n.1', 1],
      ['n.2', 0],
    ]);
    checkTraffic(lines);
  });

  it('that were not delivered end where somebody knew', () => {
    const letter = {
      kind: 'letter',
      node: 'n',
      reason: 'mailbox-full',
      message: { ...ping, id: 'n.1' },
      time: 9,
    } as const;
    const entries: Entry[] = [
      line(
        0,
        { kind: 'choose', actor: 'a', event: { type: 'GO' } },
        { sent: [{ ...ping, id: 'n.1' }], node: 'n', time: 5 },
      ),
      letter,
    ];
    const traffic = trafficOf(entries);
    expect(traffic.arrows).toMatchObject([{ fate: 'dead', reason: 'mailbox-full', source: 0, target: 1 }]);
    expect(draw(traffic).paths).toMatchObject([{ stub: true, fromRow: 1, toRow: 2 }]);
    checkTraffic(entries);
  });

  it('survive clocks that disagree: nothing is taken before it was said', () => {
    const lines = [
      line(
        0,
        { kind: 'choose', actor: 'a', event: { type: 'GO' } },
        { sent: [{ ...ping, id: 'n.1' }], node: 'n', time: 500 },
      ),
      line(1, { kind: 'deliver', sent: ping }, { message: message('n.1'), node: 'm', time: 100 }),
    ];
    const traffic = trafficOf(lines);
    expect([...orderOf(traffic).times]).toEqual([500, 500]);
    checkTraffic(lines);
  });
});

describe('code that is no actor', () => {
  it('stands left of the actors of its node', () => {
    const lamps = Array.from({ length: 5 }, (_, at) => `lamp-${at}@n`);
    const told = (step: number, to: string): Line =>
      line(
        step,
        { kind: 'deliver', sent: { from: '', to, event: { type: 'ON' }, id: `n.${step}` } },
        {
          node: 'n',
          snapshots: { [to]: { status: 'active' } },
          message: { id: `n.${step}`, correlation: 'c' } as never,
        },
      );
    const { lifelines } = draw(trafficOf(lamps.map((lamp, at) => told(at, lamp))));
    expect(lifelines.map(({ label }) => label)).toEqual(['code on n', ...lamps]);
  });
});
