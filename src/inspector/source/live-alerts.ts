import { counted } from '../../counted.ts';
import type { Clock } from '../../ports.ts';
import type { Answer } from '../../monitoring/monitor-protocol.ts';
import type { ActorRow, Alert } from '../protocol.ts';
import type { Known } from './live-nodes.ts';
import type { Seen } from './live-seen.ts';

type Hello = Extract<Answer, { type: 'hello' }>;

export interface Situation {
  readonly nodes: readonly Known[];
  readonly hellos: ReadonlyMap<string, Hello>;
  /** Actors in one of the states of `Alerts.troubles`. */
  readonly troubled: readonly ActorRow[];
  readonly seen: Seen;
}

/** How long something that happened is an alert, ms. */
const RECENT = 60_000;

/** Job: what somebody should look at, and since when. */
export class Alerts {
  /** States of the library's own charts that are none to stay in. */
  static readonly troubles = [
    { kind: 'circuit-breaker', state: 'open', severity: 'error', text: 'circuit breaker is open' },
    {
      kind: 'circuit-breaker',
      state: 'forcedOpen',
      severity: 'warning',
      text: 'circuit breaker is forced open',
    },
    {
      kind: 'saga',
      state: 'stuck',
      severity: 'error',
      text: 'saga is stuck: a compensation failed, an operator has to decide',
    },
    {
      kind: 'saga',
      state: 'compensationRetrying',
      severity: 'warning',
      text: 'saga cannot compensate yet, and tries again',
    },
    { kind: 'workflow', state: 'failing', severity: 'error', text: 'workflow is failing' },
  ] as const;

  readonly #clock: Clock;
  readonly #since = new Map<string, number>();
  readonly #letters = new Map<string, { count: number; rising: number; risen: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  raise({ nodes, hellos, troubled, seen }: Situation): readonly Alert[] {
    const now = this.#clock.now();
    const alerts: Omit<Alert, 'since'>[] = [];
    for (const { node, downSince } of nodes)
      if (downSince !== undefined) alerts.push({ severity: 'error', text: `node ${node} is down` });
    for (const { address, kind, state } of troubled) {
      const trouble = Alerts.troubles.find((each) => each.kind === kind && each.state === state);
      if (trouble !== undefined)
        alerts.push({ severity: trouble.severity, text: `${address}: ${trouble.text}`, address });
    }
    for (const [node, { deadLetters }] of hellos) this.#letter(node, deadLetters, now, alerts);
    // What was seen, and what nodes say of the time when nobody looked.
    const failed = new Map(seen.failed);
    for (const { givenUp = [] } of hellos.values())
      for (const { address, time } of givenUp) failed.set(address, Math.max(time, failed.get(address) ?? 0));
    for (const [address, time] of failed)
      if (now - time < RECENT)
        alerts.push({
          severity: 'error',
          text: `${address} has failed for good: supervision gave up`,
          address,
        });
    if (seen.dropped !== undefined && now - seen.dropped.time < RECENT / 6)
      alerts.push({
        severity: 'warning',
        text:
          seen.sampling < 1
            ? `not everything is shown: ${percent(seen.sampling)} of the conversations are`
            : 'not everything was shown: more happened at once than is told',
      });
    alerts.push(...seen.failures.alerts(now, seen.sampling < 1));
    for (const { node, since = 0, time, lines } of seen.gaps.values())
      if (now - time < RECENT)
        alerts.push({ severity: 'warning', text: `node ${node} ${unseen(time - since, lines)}` });
    return this.#dated(alerts, now);
  }

  #letter(node: string, count: number, now: number, alerts: Omit<Alert, 'since'>[]): void {
    const known = this.#letters.get(node) ?? { count, rising: 0, risen: 0 };
    if (count > known.count) {
      known.rising = now - known.risen < RECENT ? known.rising + count - known.count : count - known.count;
      known.risen = now;
    }
    known.count = count;
    this.#letters.set(node, known);
    if (known.rising > 0 && now - known.risen < RECENT)
      alerts.push({ severity: 'warning', text: `dead letters of node ${node} are rising` });
  }

  #dated(alerts: readonly Omit<Alert, 'since'>[], now: number): readonly Alert[] {
    const keys = new Set(alerts.map(keyOf));
    for (const key of this.#since.keys()) if (!keys.has(key)) this.#since.delete(key);
    return alerts.map((alert) => {
      const key = keyOf(alert);
      const since = this.#since.get(key) ?? now;
      this.#since.set(key, since);
      return { ...alert, since };
    });
  }
}

const keyOf = ({ text, address = '' }: Omit<Alert, 'since'>): string =>
  address === ''
    ? text.replaceAll(/(?:more than )?\d+(?:\.\d+)? %|^(?:at least )?\d+ \w+ \w+/g, '')
    : `${address} ${text}`;

const unseen = (ms: number, messages: number): string =>
  `told nothing for ${(ms / 1_000).toFixed(1)} s${messages === 0 ? '' : `, in which it handled ${counted(messages, 'message')}`}`;

/** Of what was left out something: never all. */
const percent = (share: number): string =>
  share >= 0.99 ? 'more than 99 %' : `${share < 0.01 ? (share * 100).toFixed(2) : Math.round(share * 100)} %`;
