import { errorText } from "../../error-text.ts";
import { decodeEnvelope } from "../../queue/envelope.ts";
import type { Queue, QueueBody, SendOutcome } from "../../queue/queue.ts";
import type { Storage } from "./storage.ts";

/** All queues of a storage as one to send to: each batch goes to the queue of its destination, which must be there. */
export function createRoutedQueue(storage: Pick<Storage, "queue" | "names">): Queue {
  async function sendTo(destination: string, bodies: readonly QueueBody[]): Promise<SendOutcome> {
    const unsent = [...bodies.keys()];
    try {
      const known = await storage.names();
      if (!known.includes(destination)) {
        return { kind: "failed", reason: `the storage path has no queue for the destination ${destination}`, unsent };
      }
      return await (await storage.queue(destination)).send(bodies);
    } catch (error) {
      return { kind: "failed", reason: errorText(error), unsent };
    }
  }

  return {
    async send(bodies) {
      const byDestination = new Map<string, number[]>();
      for (const [index, body] of bodies.entries()) {
        const decoded = decodeEnvelope(body);
        const destination = decoded.kind === "batch" ? decoded.batch.destination : "";
        byDestination.set(destination, [...(byDestination.get(destination) ?? []), index]);
      }
      const unsent: number[] = [];
      let reason = "";
      for (const [destination, indexes] of byDestination) {
        const sent = await sendTo(
          destination,
          indexes.flatMap((index) => bodies[index] ?? []),
        );
        if (sent.kind === "sent") continue;
        reason = sent.reason;
        unsent.push(...sent.unsent.flatMap((at) => indexes[at] ?? []));
      }
      return unsent.length === 0 ? { kind: "sent" } : { kind: "failed", reason, unsent: unsent.sort((a, b) => a - b) };
    },
  };
}
