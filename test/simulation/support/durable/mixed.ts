import type { Scenario } from './scenario.ts';
import {
  alarmScenario,
  askScenario,
  familyScenario,
  orderScenario,
  peerScenario,
  sagaScenario,
} from './scenarios.ts';

/** Long enough that much can happen to them. */
export const long: Readonly<Record<string, () => Scenario>> = {
  'orders that ask stock and tell payment': () => orderScenario([10, 200, 30, 40, 50, 60], 500),
  'sagas of two asked steps': () => sagaScenario(['a', 'dear1', 'b', 'dear2']),
  'peers that send numbers to each other': () => peerScenario(20),
  'peers with large states, stored as what changed': () => peerScenario(12, 500),
  'alarms, one of them cancelled': () => alarmScenario([500, 2_000, 6_000, 4_000]),
  'a parent with children and work': () => familyScenario(),
  'asks that nobody repeats': () => askScenario(30),
};

/** Short enough to be cut at every point. */
export const short: Readonly<Record<string, () => Scenario>> = {
  orders: () => orderScenario([10, 200], 200),
  sagas: () => sagaScenario(['a', 'dear1']),
  peers: () => peerScenario(3),
  'large peers': () => peerScenario(3, 500),
  alarms: () => alarmScenario([500, 1_000], 15_000),
  family: () => familyScenario(),
  asks: () => askScenario(5),
};
