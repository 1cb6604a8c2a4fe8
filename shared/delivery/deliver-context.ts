import type { Batch } from "../batch/batch.ts";

/** What a delivery knows of its time and of its batches. */
export interface DeliverContext {
  /** When everything has ended, by `monotonic(clock)`; what cannot is returned unsent. */
  readonly deadlineAt?: number;
  /** How often each batch was received from its queue, this time included. */
  readonly receives?: ReadonlyMap<Batch, number>;
  /** Batches of one shard, which are given in order, arrive in order: after one that must wait no other of its shard is sent. */
  readonly shards?: ReadonlyMap<Batch, string>;
  readonly abort?: AbortSignal;
}
