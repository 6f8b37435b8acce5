import type { Limits } from 'troupe';

/** Nodes notice within a fraction of a second that another is gone, so that many crashes fit into a minute. */
export const limits: Partial<Limits> = {
  heartbeat: 100,
  unheardAfter: 100,
  redo: 200,
  shards: 16,
  resolve: 20,
};
