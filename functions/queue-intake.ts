import type { StartedFunction } from "../shared/aws/lambda/start-function.ts";
import { createSqsQueue } from "../shared/aws/sqs/sqs-queue.ts";
import type { Accept } from "../shared/batch/accept.ts";
import { systemClock } from "../shared/node/system-clock.ts";
import { createCompressOnce } from "../shared/queue/compress-once.ts";
import { createEnqueue } from "../shared/queue/enqueue.ts";
import { acceptForTargets } from "./accept-for-targets.ts";
import { openPipeline } from "./open-pipeline.ts";

export interface QueueIntakeOptions {
  readonly started: Pick<StartedFunction, "store" | "emit" | "metrics" | "sqs">;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the function's code is: a pipeline's file lies beside it. */
  readonly folder: string;
}

/** The way into the queue of a function that takes something in. */
export interface QueueIntake {
  /** Through the pipeline of the stage where it has one; accepted when every destination has its envelope in the queue. */
  readonly accept: Accept;
  /** Whether a pipeline may ask for the headers that requests came with. */
  readonly keepsMetadata: boolean;
  /** Takes over a pipeline that has changed: called before each invocation. */
  follow(): Promise<void>;
}

/**
 * Opens the queue, the pipeline of the stage and one envelope for each destination of a signal, the same for every function
 * that takes something in. Needs `queueUrl`; rejects when the pipeline cannot be used.
 */
export async function openQueueIntake({ started, env, folder }: QueueIntakeOptions): Promise<QueueIntake> {
  const { store, emit, metrics, sqs } = started;
  const { queueUrl = "", destinations, maxExportBytes: maxBatchBytes } = store.current();
  const queue = createSqsQueue({ client: sqs(), queueUrl });
  const compressedOnce = createCompressOnce(maxBatchBytes);
  const enqueueFor = (destination: string) =>
    compressedOnce(createEnqueue({ queue, destination, clock: systemClock, emit, maxBatchBytes }));
  const pipeline = await openPipeline({ store, env, folder, emit, metrics, enqueueFor });

  return {
    accept: pipeline?.accept ?? acceptForTargets(destinations, enqueueFor),
    keepsMetadata: pipeline !== undefined,
    async follow() {
      await pipeline?.follow();
    },
  };
}
