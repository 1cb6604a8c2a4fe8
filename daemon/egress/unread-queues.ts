import { deadLettersName } from "../../shared/node/disk-queue/control.ts";
import type { Storage } from "../../shared/node/disk-queue/storage.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";

/** Whoever delivers from a queue asks it at least every 20 seconds, or has messages of it in hand. */
const unreadAfterMs = 120_000;

/**
 * Looks for queues that nothing delivers from, to be called every minute or so: a destination that was given another URL or name has
 * another queue, and the old one keeps what it held. Opens them, so that they are measured and age as every other one; tells each once.
 */
export function createUnreadQueues(storage: Pick<Storage, "names" | "queue">, emit: Emit): () => Promise<void> {
  const told = new Set<string>();

  return async function look() {
    for (const name of await storage.names()) {
      if (name === deadLettersName) continue;
      const { messages, bytes, unreadMs } = (await storage.queue(name)).facts();
      if (messages === 0 || unreadMs < unreadAfterMs) told.delete(name);
      else if (!told.has(name)) {
        told.add(name);
        emit("storage.unread", { queue: name, messages, bytes });
      }
    }
  };
}
