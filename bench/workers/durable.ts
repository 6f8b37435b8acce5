/** Durable actors over one kind of store, and what they are compared with. */
export interface DurableWorker {
  open(place: Place): Promise<void>;
  /** Events that are confirmed one by one, many actors at a time. */
  steps(load: StepsLoad): Promise<StepsRound>;
  /** The first message to an actor that is not in memory, one at a time. */
  activate(load: ActivateLoad): Promise<Latencies>;
}

export interface JetStreamWorker extends DurableWorker {
  /** A loop over `js.publish`: the bytes of a commit, to a stream with the same settings, so many unacknowledged. */
  publish(load: PublishLoad): Promise<StepsRound>;
}

export interface Place {
  /** Of a nats-server with JetStream. */
  readonly url: string;
  /** An empty folder. */
  readonly folder: string;
}

export interface StepsLoad {
  readonly actors: number;
  /** Events under way to each actor. */
  readonly waiting: number;
  readonly seconds: number;
}

export interface PublishLoad {
  readonly window: number;
  readonly seconds: number;
}

export interface ActivateLoad {
  readonly actors: number;
}

export interface Latencies {
  /** ms */
  readonly p50: number;
  readonly p99: number;
}

export interface StepsRound extends Latencies {
  readonly done: number;
  readonly seconds: number;
  /** CPU time of this process, seconds. */
  readonly cpu: number;
}
