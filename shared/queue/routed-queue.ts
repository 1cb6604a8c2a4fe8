import type { Queue, QueueBody, SendOutcome } from "./queue.ts";

export interface RoutedQueueOptions {
  /** Names the queue that takes a body. */
  readonly nameOf: (body: QueueBody) => string;
  /** The queue of that name, or why there is none. */
  readonly queueOf: (name: string) => Promise<Queue | { readonly problem: string }>;
}

/** Several queues as one to send to. What one of them does not take holds back nothing of the others. */
export function createRoutedQueue({ nameOf, queueOf }: RoutedQueueOptions): Queue {
  async function sendTo(name: string, bodies: readonly QueueBody[]): Promise<SendOutcome> {
    const queue = await queueOf(name);
    if ("problem" in queue) return { kind: "failed", reason: queue.problem, unsent: [...bodies.keys()] };
    return queue.send(bodies);
  }

  return {
    async send(bodies) {
      const byName = new Map<string, number[]>();
      for (const [index, body] of bodies.entries()) {
        const name = nameOf(body);
        byName.set(name, [...(byName.get(name) ?? []), index]);
      }
      const unsent: number[] = [];
      let reason = "";
      for (const [name, indexes] of byName) {
        const sent = await sendTo(
          name,
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
