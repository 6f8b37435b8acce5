/** What the worker of explore does; the parent calls it. */
export interface Explorer {
  /** Look at all states of the system that a file exports. */
  round(model: Model): Promise<ExploreRound>;
}

export interface Model {
  /** Absolute path of a module that exports `system`. */
  readonly file: string;
  readonly params: Readonly<Record<string, number>>;
}

export interface ExploreRound {
  readonly distinct: number;
  readonly generated: number;
  /** Do all properties hold? */
  readonly holds: boolean;
  readonly seconds: number;
  /** CPU time of the round, all threads. */
  readonly cpuSeconds: number;
  /** Resident memory of the process afterwards, MB (2^20 bytes). */
  readonly megabytes: number;
}
