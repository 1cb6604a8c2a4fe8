import type { DeadLetterHeader } from "../../../shared/batch/batch.ts";
import { encodeEnvelope } from "../../../shared/queue/envelope.ts";
import { pack } from "../../../shared/queue/pack.ts";
import type { SignalName } from "../../../shared/signal.ts";
import { requestOf } from "../otlp/item-names.ts";

export interface SampleDeadLetter extends Partial<Omit<DeadLetterHeader, "services">> {
  readonly signal?: SignalName;
  readonly service?: string;
  readonly names?: readonly string[];
  /** Time of the data, milliseconds since the epoch. */
  readonly dataAt?: number;
}

/** The body of a message in the dead-letter queue, as flush writes it. */
export async function sampleDeadLetter(given: SampleDeadLetter): Promise<string> {
  const { signal = "logs", service = "checkout", names = ["item"], dataAt, ...letter } = given;
  const { lastAttemptAt = Date.now(), id = "letter" } = letter;
  const at = dataAt ?? lastAttemptAt;
  const bytes = requestOf(signal, { names, service, timeUnixNano: BigInt(at) * 1_000_000n });
  const destination = "grafana-cloud";
  const packed = await pack(
    { format: `otlp/${signal}`, bytes, items: names.length },
    { destination, acceptedAt: lastAttemptAt, maxBatchBytes: bytes.length },
  );
  const [batch] = packed.batches;
  if (!batch) throw new Error("nothing was packed");
  const deadLetter: DeadLetterHeader = {
    reason: "rejected",
    status: 400,
    message: "HTTP 400: no",
    firstAttemptAt: lastAttemptAt,
    attempts: 1,
    oldestAt: at,
    newestAt: at,
    replays: 0,
    ...letter,
    id,
    lastAttemptAt,
    services: [service],
  };
  return encodeEnvelope({ ...batch, deadLetter });
}
