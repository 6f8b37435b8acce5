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

export { sagaParticipant } from './saga-participant.ts';
export type {
  SagaOrder,
  SagaParticipantAnswer,
  SagaParticipantContext,
  SagaParticipantEmitted,
  SagaParticipantEvent,
} from './saga-participant.ts';

export { raft, raftRegister } from './raft.ts';
export type {
  RaftAnswer,
  RaftContext,
  RaftEmitted,
  RaftEntry,
  RaftEvent,
  RaftInput,
  RaftMessage,
  RaftRequest,
  RaftStored,
  Replicated,
} from './raft-protocol.ts';

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

export { twoPhaseCoordinator } from './two-phase-commit-coordinator.ts';
export { twoPhaseParticipant } from './two-phase-commit-participant.ts';
export type {
  Decision,
  ParticipantState,
  PrepareInput,
  RecordInput,
  TransactionEmitted,
  TransactionStatus,
  TwoPhaseCoordinatorContext,
  TwoPhaseCoordinatorEvent,
  TwoPhaseCoordinatorInput,
  TwoPhaseParticipantContext,
  TwoPhaseParticipantEvent,
  TwoPhaseParticipantInput,
} from './two-phase-commit-protocol.ts';

export { paxos } from './paxos.ts';
export { paxosLeader } from './paxos-leader.ts';
export type {
  PaxosLeaderContext,
  PaxosLeaderEvent,
  PaxosLeaderInput,
  PaxosProposed,
  Promises,
} from './paxos-leader.ts';
export { compareBallots, memoryOf as paxosMemory } from './paxos-rules.ts';
export type {
  Accepted,
  Ballot,
  PaxosContext,
  PaxosEvent,
  PaxosInput,
  PaxosMemory,
  PaxosMessage,
  Proposal,
} from './paxos-protocol.ts';

export { abdRegister } from './abd-register.ts';
export { compareTimestamps, memoryOf as abdMemory } from './abd-register-rules.ts';
export type {
  AbdContext,
  AbdEvent,
  AbdInput,
  AbdMessage,
  Timestamp,
  Versioned,
} from './abd-register-protocol.ts';
export type { ReplicaInput } from './quorum.ts';

export { threePhaseCoordinator } from './three-phase-commit-coordinator.ts';
export { threePhaseParticipant } from './three-phase-commit-participant.ts';
export type {
  ThreePhaseCoordinatorContext,
  ThreePhaseCoordinatorEvent,
  ThreePhaseCoordinatorInput,
  ThreePhaseMessage,
  ThreePhaseParticipantContext,
  ThreePhaseParticipantEvent,
  ThreePhaseParticipantInput,
} from './three-phase-commit-protocol.ts';

export { alternatingBitReceiver } from './alternating-bit-receiver.ts';
export { alternatingBitSender } from './alternating-bit-sender.ts';
export type {
  Acknowledgement,
  AlternatingBitReceiverContext,
  AlternatingBitReceiverEmitted,
  AlternatingBitReceiverEvent,
  AlternatingBitReceiverInput,
  AlternatingBitSenderContext,
  AlternatingBitSenderEmitted,
  AlternatingBitSenderEvent,
  AlternatingBitSenderInput,
  Bit,
  Frame,
} from './alternating-bit-protocol.ts';

export type { Backoff } from './backoff.ts';
export type { Fault } from './fault.ts';
export type { Ask, Tell } from './vocabulary.ts';

export { registerClient } from './register-client.ts';
export { singleCopyRegister } from './single-copy-register.ts';
export type {
  RegisterAnswer,
  RegisterClientInput,
  RegisterRequest,
  RegisterValue,
} from './register-client.ts';
