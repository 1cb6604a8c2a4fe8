import { joinReaders } from "../queue/joined-reader.ts";
import type { Queue } from "../queue/queue.ts";
import type { QueueReader } from "../queue/queue-reader.ts";
import { createRoutedQueue } from "../queue/routed-queue.ts";
import { isNotice } from "./object-letter.ts";

/** Dead letters, and the queue that they came from and go back to. */
export interface LetterQueues {
  readonly reader: QueueReader;
  readonly queue: Queue;
}

/** The dead letters of batches and, where a stage reads objects of S3, of their notices as one; each goes back where it came from. */
export function joinLetters(batches: LetterQueues, notices: LetterQueues | undefined): LetterQueues {
  if (!notices) return batches;
  return {
    reader: joinReaders([batches.reader, notices.reader]),
    queue: createRoutedQueue({
      nameOf: (body) => (isNotice(body) ? "notices" : "batches"),
      queueOf: async (name) => (name === "notices" ? notices.queue : batches.queue),
    }),
  };
}
