export { createSystem } from './create.ts';
export { System } from './system.ts';
export { tell, reply, ask, watch, idempotencyKey } from './actor/words.ts';
export { defineService, createClient } from './coordination/rpc.ts';
export { defineSaga } from './coordination/saga.ts';
export { defineWorkflow } from './coordination/workflow.ts';
export { circuitBreaker, withBreaker } from './resilience/breaker.ts';
export { local, localNetwork } from './transport/local.ts';
export { memory } from './durable/memory/store.ts';
export { replayHistory } from './durable/history/replay.ts';
export { createRecorder } from './monitoring/recorder.ts';
export { TroupeError, isTroupeError } from './errors.ts';
export { defaultLimits } from './limits.ts';
export { parseAddress, formatAddress } from './message/address.ts';
export { consoleLogger, silentLogger, systemClock, systemRandom } from './ports.ts';

export type {
  SystemOptions,
  InspectOptions,
  SpawnOptions,
  ServeOptions,
  ServiceHandle,
  SystemStats,
  DurableOptions,
  HostOptions,
  HostHandle,
} from './options.ts';
export type { Store, StoreOptions, Journal, Entry, Wake, Position } from './durable/store.ts';
export type { StoredActor } from './durable/cell/log.ts';
export type {
  HistoryEntry,
  StoredCommit,
  StoredEffect,
  StoredTimer,
  UnreadableCommit,
} from './durable/history/history.ts';
export type { Replay, ReplayDifference, ReplayOptions } from './durable/history/replay.ts';
export type { Cause, DurableState, Pending, Work } from './durable/commit.ts';
export type { Frozen } from './kernel/freeze.ts';
export type { Ref, AnyRef, Subscriber, Subscription, DeliverOptions } from './actor/ref.ts';
export type { Logic, View, EventOf, Question, Reply, AskType } from './actor/logic.ts';
export type { AskInput, AskLogic } from './actor/words.ts';
export type { AskOptions, Ending } from './actor/host.ts';
export type { Supervision, Directive, Backoff } from './actor/supervision.ts';
export type { DeadLetter, DeadReason } from './actor/dead-letters.ts';
export type { Handler, Published } from './coordination/bus.ts';
export type { Contract, Handlers, CallContext, CallOptions, Client } from './coordination/rpc.ts';
export type { Saga, SagaDefinition, StepDefinition, StepContext, Undo } from './coordination/saga.ts';
export type { Workflow } from './coordination/workflow.ts';
export type { Queue, SendOptions, ConsumeOptions, Receipt } from './coordination/queue/queue.ts';
export type { QueueOptions } from './coordination/queue/options.ts';
export type { QueueMessage } from './coordination/queue/message.ts';
export type { Consumer } from './coordination/queue/consumer.ts';
export type { Destination } from './coordination/queue/work.ts';
export type { DeadLetterBox, Letter, Unreadable } from './coordination/queue/dead-letter-box.ts';
export type { DeadMessage, Fault } from './coordination/queue/letter.ts';
export type { Recorder, RecorderOptions } from './monitoring/recorder.ts';
export type { Redaction } from './monitoring/redact.ts';
export type { BreakerOptions } from './resilience/breaker.ts';
export type { Address, ParsedAddress, ReplyTo } from './message/address.ts';
export type { Message, Kind } from './message/envelope.ts';
export type { Member } from './cluster/membership.ts';
export type { ActorRow } from './cluster/control.ts';
export type { ErrorCode, WireError, TroupeErrorOptions } from './errors.ts';
export type { Limits } from './limits.ts';
export type { Clock, Logger, Random, TimerHandle } from './ports.ts';
export type { Transport, Link, LinkOptions, OnMessage, Unsubscribe } from './transport/transport.ts';
export type { LocalNetwork } from './transport/local.ts';
