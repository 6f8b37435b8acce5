/**
 * `troupe/testing`: paths, properties, simulation and a model checker for machines and for networks of machines. Everything here runs
 * the very charts that run in production.
 */
export { start, step, fire, settle, type Decision, type Outcome } from '../kernel/step.ts';
export type { Deed, Effect, Path, Taken } from '../kernel/effect.ts';
export type { ActorState, Timer } from '../kernel/state.ts';
export { keyOf, stateKey } from '../kernel/key.ts';

export { always, defineSystem, eventually, quiescent, sometimes } from './model/spec.ts';
export type {
  ActorSpec,
  Byzantine,
  Choices,
  Durable,
  Faults,
  Ledger,
  NetworkKind,
  Property,
  PropertyKind,
  Question,
  System,
} from './model/spec.ts';
export type { Action, ActionKind } from './model/action.ts';
export type { Output, Trace, TraceStep } from './model/trace.ts';
export type { ActorView, Sent, SystemState } from './model/view.ts';

export { explore as stateGraph } from './paths/explore.ts';
export { shortestPaths } from './paths/shortest.ts';
export { simplePaths } from './paths/simple.ts';
export { pairPaths, transitionPaths, type CoveringOptions, type SwitchOptions } from './paths/covering.ts';
export { postmanPaths, type PostmanOptions } from './paths/postman.ts';
export { randomPaths, type RandomOptions, type Weights } from './paths/random.ts';
export {
  allOf,
  anyOf,
  covered,
  elapsed,
  pathsMade,
  reached,
  stepsTaken,
  type Progress as PathProgress,
  type Stop,
} from './paths/stop.ts';
export type { Growth } from './paths/growth.ts';
export type { Edge as StateEdge, Graph as StateGraph, Refusal } from './paths/graph.ts';
export type { Move } from './paths/move.ts';
export type {
  Case,
  Cases,
  ExploreOptions as StateGraphOptions,
  Outcomes,
  PathLimits,
} from './paths/options.ts';
export type { PathOptions } from './paths/collect.ts';
export type { Opening, Path as MachinePath, Step } from './paths/path.ts';
export type { Incomplete, Paths } from './paths/paths.ts';
export type { Target } from './paths/target.ts';
export type { Coverage, Covered, Item, Metric } from './cover/coverage.ts';
export { chartCoverage, type ChartCoverage } from './cover/drawn.ts';
export { coverageTable } from './cover/table.ts';
export { actorSut, type ActorRun } from './sut/actor-sut.ts';
export { classSut, type ClassSutOptions } from './sut/class-sut.ts';
export { refSut, type RefSutOptions } from './sut/ref-sut.ts';
export type { Observation, Sut, TimerMove, WorkMove } from './sut/sut.ts';
export { testModel, type TestOptions, type TestReport } from './sut/test-model.ts';

export { conform, explainDivergence, type Cast, type Conformance } from './conformance/conform.ts';
export type { Divergence } from './conformance/replica.ts';
export { decodeRecording, type Line, type Recording, type RecordingHeader } from '../monitoring/recording.ts';
export { formatTrace, type Form } from './report/form.ts';
export { toSteps } from './report/numbered.ts';
export { toSequence } from './report/sequence.ts';
export { toRecording, type Origin } from './report/recording.ts';

export {
  linearizable,
  sequentiallyConsistent,
  type Linearization,
  type Part,
} from './history/linearizable.ts';
export {
  linearizability,
  type Answered,
  type Asked,
  type Linearizability,
  type LinearizabilityOptions,
  type Log,
} from './history/ledger.ts';
export type { Blame } from './history/blame.ts';
export type { Bounds as HistoryBounds } from './history/effort.ts';
export { recordHistory, type HistoryRecorder, type Underway } from './history/recorder.ts';
export type { Access, AccessInput } from './history/accesses.ts';
export {
  causal,
  type CausalJudgement,
  type CausalModel,
  type CausalOptions,
  type CausalPattern,
} from './history/causal.ts';
export {
  sessions,
  type Guarantee,
  type SessionJudgement,
  type SessionOptions,
  type SessionViolation,
} from './history/sessions.ts';
export { bank, type Balances, type BankInput, type BankJudgement, type BankOptions } from './history/bank.ts';
export {
  delivery,
  type DeliveryFault,
  type DeliveryJudgement,
  type DeliveryOptions,
  type Finding,
  type StreamInput,
  type StreamOperation,
} from './history/delivery.ts';
export { counterBounds, uniqueIds, type TallyJudgement } from './history/tallies.ts';
export {
  transactions,
  type Anomaly,
  type AnomalyFound,
  type Isolation,
  type TransactionJudgement,
} from './history/transactions.ts';
export type { ListStep, Transaction } from './history/lists.ts';
export type { Judgement, Operation, Verdict as HistoryVerdict } from './history/operation.ts';
export {
  sequential,
  unknownOutput,
  type SequentialObject,
  type Specification,
} from './history/specification.ts';
export { casRegister, counter, keyValue, queue, register, set } from './history/objects.ts';
export type {
  CasRegisterInput,
  CounterInput,
  KeyValueInput,
  QueueInput,
  RegisterInput,
  SetInput,
} from './history/objects.ts';

export { explore, type ExploreOptions } from './explore/explore.ts';
export type { Bounds, StoppedBy } from './explore/bounds.ts';
export type { Explanation, Variety } from './explore/explain.ts';
export type { Memory } from './explore/memory.ts';
export type { Status } from './explore/search.ts';
export type { ChartTransition } from './explore/transitions.ts';
export type { Unhandled, Vacuity } from './explore/vacuity.ts';
export type { Exploration, PropertyVerdict } from './explore/verdict.ts';

export { simulate } from './simulate/simulate.ts';
export { corruptions, forgeries } from './simulate/corruption.ts';
export type { SimulatedFault, SimulatedFaults, SimulateOptions, Span } from './simulate/options.ts';
export type { Failure, SimulatedVerdict, Simulation, Size, Unseen } from './simulate/report.ts';
export type { Ending } from './simulate/run.ts';
export type { Counts } from './simulate/tally.ts';

export {
  assertProperties,
  checkProperties,
  type PropertyOptions,
  type PropertyReport,
} from './property/check.ts';
export type { MachineProperty } from './property/judge.ts';
export type { MachineState } from './property/observation.ts';

export { assertSystem } from './explore/assert.ts';
export { assertSimulation } from './simulate/assert.ts';
export { seeded } from './random.ts';
