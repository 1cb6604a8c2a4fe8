import type { Batch } from "../batch/batch.ts";
import type { Outcome } from "../batch/outcome.ts";
import type { ReceivedMessage } from "./queue-reader.ts";

/** A message and what became of its content; without a batch it could not be decoded, and goes to the dead letters as it is. */
export interface Settlement {
  readonly message: ReceivedMessage;
  readonly batch?: Batch;
  readonly outcome: Outcome;
}
