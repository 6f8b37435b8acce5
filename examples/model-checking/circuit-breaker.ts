/**
 * The circuit breaker of Troupe between callers and something that fails: it lets through no more trial calls than it may, and closes
 * on the word of trial calls only.
 *
 *   npx troupe check examples/model-checking/circuit-breaker.ts --param callers=2
 *   npx troupe check examples/model-checking/circuit-breaker.ts --param mutant=one-probe-too-many
 */
import type { EventObject } from 'xstate';
import {
  always,
  defineSystem,
  eventually,
  quiescent,
  sometimes,
  type Ledger,
  type NetworkKind,
  type SystemState,
} from 'troupe/testing';
import type { BreakerContext } from 'troupe/machines';
import { caller, outcomes, type CallerContext } from './circuit-breaker-caller.ts';
import { mutants } from './circuit-breaker-mutants.ts';
import { pick } from './pick.ts';

/** What the callers and the bus see of the breaker, without a look into it. */
interface Seen {
  readonly phase: 'closed' | 'open' | 'halfOpen';
  /** The epoch of the trial calls of this half-open phase. */
  readonly trial: number | undefined;
  /** The epoch of the report that came last. */
  readonly reported: number | undefined;
  readonly closedByTrial: boolean;
}

const reports = ['SUCCESS', 'FAILURE'];
const epochOf = (event: EventObject): number => (event as EventObject & { epoch: number }).epoch;

const history: Ledger<Seen> = {
  initial: { phase: 'closed', trial: undefined, reported: undefined, closedByTrial: true },
  sent: (seen, { event }) =>
    event.type === 'PERMITTED' && seen.phase === 'halfOpen' ? { ...seen, trial: epochOf(event) } : undefined,
  delivered: (seen, { event }) =>
    reports.includes(event.type) ? { ...seen, reported: epochOf(event) } : undefined,
  emitted: (seen, _actor, { type }) => {
    if (type === 'breaker.opened') return { ...seen, phase: 'open', trial: undefined };
    if (type === 'breaker.halfOpened') return { ...seen, phase: 'halfOpen', trial: undefined };
    const byTrial = seen.phase === 'halfOpen' && seen.trial !== undefined && seen.reported === seen.trial;
    return { ...seen, phase: 'closed', trial: undefined, closedByTrial: seen.closedByTrial && byTrial };
  },
};

const contextOf = ({ actors }: SystemState) => actors['breaker']?.context as BreakerContext;
const breakerOf = ({ actors }: SystemState) => actors['breaker'];
const callersOf = ({ actors }: SystemState) => Object.values(actors).filter(({ name }) => name !== 'breaker');

/** Trial calls under way: permits on their way, calls at work, reports not yet in. */
const probes = (state: SystemState): number => {
  const { epoch } = contextOf(state);
  const isOfNow = (event: EventObject): boolean => epochOf(event) === epoch;
  const travelling = state.network.filter(
    ({ event }) => (event.type === 'PERMITTED' || reports.includes(event.type)) && isOfNow(event),
  );
  const calling = callersOf(state).filter(
    ({ value, context }) => value === 'calling' && (context as CallerContext).epoch === epoch,
  );
  return travelling.length + calling.length;
};

const failures = ({ window: { outcomes: seen } }: BreakerContext): number =>
  seen.replaceAll(/[^FS]/g, '').length;

/** Everybody has made all calls, and no report that still counts is under way. */
const isAtRest = (state: SystemState): boolean =>
  state.network.every(({ event }) => epochOf(event) !== contextOf(state).epoch) &&
  callersOf(state).every(({ value, context }) => value === 'idle' && (context as CallerContext).left === 0);

const isServed = (state: SystemState): boolean =>
  breakerOf(state)?.status === 'active' &&
  isAtRest(state) &&
  (breakerOf(state)?.hasTag('permitting') ?? false);

/** A breaker that crashed may never come back: then this is not promised. */
const endsServing = eventually('everybody is done, and the breaker does not stay open', isServed);

const properties = (probesAllowed: number, threshold: number, size: number) => [
  always(
    'no more probes in flight than permitted',
    (state) => !(breakerOf(state)?.matches('halfOpen') ?? false) || probes(state) <= probesAllowed,
  ),
  always('closes on the word of a probe only', ({ history: seen }) => (seen as Seen).closedByTrial),
  always('a closed breaker has seen fewer failures than open it', (state) => {
    const breaker = breakerOf(state);
    return !(breaker?.matches('closed') ?? false) || failures(contextOf(state)) < threshold;
  }),
  always('the window keeps no more calls than it is wide', (state) => {
    const { window } = (breakerOf(state)?.context ?? { window: { outcomes: '' } }) as BreakerContext;
    return window.outcomes.length <= Math.max(size, probesAllowed);
  }),
  sometimes('it opens', (state) => breakerOf(state)?.matches('open') ?? false),
  sometimes('it rejects a probe beyond the permitted', (state) =>
    state.network.some(
      ({ event }) =>
        event.type === 'REJECTED' && (event as EventObject & { state: string }).state === 'halfOpen',
    ),
  ),
  sometimes('it opens again after a failed probe', (state) => {
    const breaker = breakerOf(state);
    return (breaker?.matches('open') ?? false) && contextOf(state).epoch > 2;
  }),
  sometimes('it closes again', (state) => {
    const breaker = breakerOf(state);
    return (breaker?.matches('closed') ?? false) && contextOf(state).epoch > 1;
  }),
  quiescent('at rest the breaker permits', isServed),
];

export interface Params {
  readonly callers?: number;
  /** Calls of each. */
  readonly calls?: number;
  /** Failures in a window of this size open it. */
  readonly failures?: number;
  /** Calls that half-open permits. */
  readonly probes?: number;
  /** May a call take too long? */
  readonly slow?: boolean;
  /** Crashes of the breaker, which comes back with what it had committed. */
  readonly crash?: number;
  /** `unordered` also lets a report overtake a request. */
  readonly network?: NetworkKind;
  readonly mutant?: keyof typeof mutants;
}

export const system = ({
  callers = 2,
  calls = 2,
  failures: threshold = 1,
  probes: probesAllowed = 1,
  slow = false,
  crash = 0,
  network = 'ordered',
  mutant = 'none',
}: Params = {}) => {
  const names = Array.from({ length: callers }, (_, at) => `caller-${at + 1}`);
  return defineSystem({
    name: 'circuit-breaker',
    actors: {
      breaker: {
        logic: pick(mutants, mutant),
        input: {
          slidingWindowSize: threshold,
          minimumNumberOfCalls: threshold,
          failureRateThreshold: 100,
          slowCallDurationThreshold: 10,
          permittedNumberOfCallsInHalfOpenState: probesAllowed,
        },
        durable: true,
      },
      ...Object.fromEntries(
        names.map((name) => [
          name,
          { logic: caller, input: { name, breaker: 'breaker', calls }, choices: outcomes(slow) },
        ]),
      ),
    },
    network,
    faults: { crash },
    mortal: ['breaker'],
    history,
    properties: [...properties(probesAllowed, threshold, threshold), ...(crash === 0 ? [endsServing] : [])],
    symmetry: [names],
  });
};
