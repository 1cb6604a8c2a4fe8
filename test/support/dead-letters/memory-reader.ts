import type { Clock } from "../../../shared/clock.ts";
import type { Handled, QueueReader } from "../../../shared/queue/queue-reader.ts";

export interface MemoryReader extends QueueReader {
  /** Bodies by message id. */
  readonly bodies: Map<string, string>;
  put(body: string, sentAt?: number): string;
  /** Messages that nobody sees now. */
  hidden(): number;
}

export interface MemoryReaderOptions {
  readonly clock: Pick<Clock, "now">;
  /** Makes an operation fail; of `delete`, `late` fails although the message is gone. */
  readonly fault?: (operation: "receive" | "change-visibility" | "delete") => "fails" | "late" | undefined;
  readonly retentionMs?: number;
}

/** The dead-letter queue in memory: visibility, receipts that a later receive makes void, faults on demand. */
export function createMemoryReader(options: MemoryReaderOptions): MemoryReader {
  const { clock, fault = () => undefined, retentionMs = 14 * 86_400_000 } = options;
  const bodies = new Map<string, string>();
  const state = new Map<string, { receipt: string; visibleAt: number; sentAt: number; receives: number }>();
  let serial = 0;

  const hidden = () => [...state.values()].filter(({ visibleAt }) => visibleAt > clock.now()).length;

  function each(
    operation: "change-visibility" | "delete",
    receipts: readonly string[],
    act: (id: string, at: number) => void,
  ): Handled {
    const failed = new Set<string>();
    for (const [at, receipt] of receipts.entries()) {
      const id = receipt.slice(0, receipt.indexOf("/"));
      const failure = fault(operation);
      const valid = state.get(id)?.receipt === receipt;
      if (valid && failure !== "fails") act(id, at);
      if (failure !== undefined) failed.add(receipt);
    }
    return failed.size === 0 ? { failed } : { failed, reason: "InternalError" };
  }

  return {
    bodies,
    hidden,
    put(body, sentAt = clock.now()) {
      const id = `m${++serial}`;
      bodies.set(id, body);
      state.set(id, { receipt: "", visibleAt: 0, sentAt, receives: 0 });
      return id;
    },
    async receive({ maxMessages, leaseSeconds }) {
      if (fault("receive")) return { kind: "failed", reason: "InternalError" };
      const now = clock.now();
      const visible = [...state].filter(([, { visibleAt }]) => visibleAt <= now).slice(0, Math.min(10, maxMessages));
      const messages = visible.map(([id, message]) => {
        message.receives += 1;
        message.visibleAt = now + leaseSeconds * 1000;
        message.receipt = `${id}/${message.receives}`;
        return {
          id,
          receiptHandle: message.receipt,
          body: bodies.get(id) ?? "",
          sentAt: message.sentAt,
          receiveCount: message.receives,
          firstReceivedAt: now,
        };
      });
      return { kind: "received", messages };
    },
    changeVisibility: async (changes) =>
      each(
        "change-visibility",
        changes.map(({ receiptHandle }) => receiptHandle),
        (id, at) => {
          const message = state.get(id);
          if (message) message.visibleAt = clock.now() + (changes[at]?.seconds ?? 0) * 1000;
        },
      ),
    delete: async (receipts) =>
      each("delete", receipts, (id) => {
        bodies.delete(id);
        state.delete(id);
      }),
    status: async () => ({ kind: "read", waiting: state.size - hidden(), inFlight: hidden(), retentionMs }),
  };
}
