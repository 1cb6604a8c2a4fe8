import { errorText } from "../../error-text.ts";
import { decodeEnvelope } from "../../queue/envelope.ts";
import type { Queue } from "../../queue/queue.ts";
import { createRoutedQueue } from "../../queue/routed-queue.ts";
import type { Storage } from "./storage.ts";

/** All queues of a storage as one to send to: each batch goes to the queue of its destination, which must be there. */
export function createStoredQueue(storage: Pick<Storage, "queue" | "names">): Queue {
  return createRoutedQueue({
    nameOf(body) {
      const decoded = decodeEnvelope(body);
      return decoded.kind === "batch" ? decoded.batch.destination : "";
    },
    async queueOf(destination) {
      try {
        const known = await storage.names();
        if (known.includes(destination)) return await storage.queue(destination);
        return { problem: `the storage path has no queue for the destination ${destination}` };
      } catch (error) {
        return { problem: errorText(error) };
      }
    },
  });
}
