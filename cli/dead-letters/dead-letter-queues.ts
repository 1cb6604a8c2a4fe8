import type { Queue } from "../../shared/queue/queue.ts";
import type { QueueReader } from "../../shared/queue/queue-reader.ts";

/** The queues that a dead-letters command works on. */
export interface DeadLetterQueues {
  /** Name of the stage, or the storage path. */
  readonly stage: string;
  readonly reader: QueueReader;
  readonly queue: Queue;
  readonly leaseSeconds: number;
  /** The embedded queue is one server: it has nothing to wait for. */
  readonly waitSeconds?: number;
  /** How the place is named on a command line. */
  readonly flag: string;
  close(): void;
}
