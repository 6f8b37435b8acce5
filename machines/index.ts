/**
 * The charts of Troupe: pure XState machines to run, test, draw and copy. Whoever runs one provides the action `tell` and
 * the actors it names (see the header of each file); everything else is in the chart.
 */
export { circuitBreaker } from './circuit-breaker.ts';
export { metrics } from './breaker-rules.ts';
export type {
  BreakerAnswer,
  BreakerContext,
  BreakerEmitted,
  BreakerEvent,
  BreakerInput,
  BreakerMetrics,
  BreakerState,
} from './breaker-protocol.ts';
export type { BreakerSettings } from './breaker-settings.ts';

export { service } from './service.ts';
export type {
  Call,
  HandleInput,
  ServiceAnswer,
  ServiceContext,
  ServiceEmitted,
  ServiceEvent,
  ServiceInput,
  ServiceOutput,
  ServiceStatus,
} from './service-protocol.ts';

export { saga } from './saga.ts';
export type {
  CompensateInput,
  PerformInput,
  SagaContext,
  SagaEmitted,
  SagaEvent,
  SagaInput,
  SagaOutput,
  SagaRecord,
  SagaState,
  SagaStatus,
  SagaStep,
} from './saga-protocol.ts';

export { workflow } from './workflow.ts';
export { validateWorkflow, type WorkflowProblem } from './workflow-definition.ts';
export { render } from './template.ts';
export { holds, type Condition, type Scalar } from './condition.ts';
export type {
  StepInput,
  StepProgress,
  WorkflowContext,
  WorkflowDefinition,
  WorkflowEmitted,
  WorkflowEvent,
  WorkflowInput,
  WorkflowOutput,
  WorkflowRecord,
  WorkflowState,
  WorkflowStatus,
  WorkflowStep,
} from './workflow-protocol.ts';

export type { Backoff } from './backoff.ts';
export type { Fault } from './fault.ts';
export type { Ask, Tell } from './vocabulary.ts';
