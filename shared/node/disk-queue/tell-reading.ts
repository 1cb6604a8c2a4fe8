import type { QueueBody } from "../../queue/queue.ts";
import { diskProblem } from "./disk-problem.ts";
import type { QueueOptions } from "./queue-options.ts";

/** Events of the reading side of a queue. */
export interface TellReading {
  /** What was dropped for its age. */
  expired(bodies: readonly QueueBody[]): void;
  damaged(bytes: number, records: number): void;
  unreadable(error: unknown): void;
}

/** Emits the events of one queue. */
export function createTellReading(options: Pick<QueueOptions, "name" | "directory" | "emit" | "itemsOf">): TellReading {
  const { name, directory, emit, itemsOf = () => 0 } = options;
  return {
    expired(bodies) {
      const items = bodies.reduce((sum, body) => sum + itemsOf(body), 0);
      const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
      emit("storage.expired", { queue: name, messages: bodies.length, items, bytes });
    },
    damaged(bytes, records) {
      emit("storage.damaged", { queue: name, bytes, records });
    },
    unreadable(error) {
      const reason = diskProblem(error, `cannot read ${directory}`);
      emit("storage.failed", { queue: name, operation: "read", reason });
    },
  };
}
