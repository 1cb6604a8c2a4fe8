import { encodeLogRequest } from "../aws-events/log-request.ts";
import type { Batch } from "../batch/batch.ts";
import type { RefusedPart } from "../batch/outcome.ts";
import type { Attribute } from "../otlp/write-attribute.ts";
import { merge } from "../wire/merge.ts";
import { createToDeadLetters, type ToDeadLettersOptions } from "./to-dead-letters.ts";

/** Something that came in and cannot be used: a word and a sentence why, and what is kept of it. */
export interface UnusableRecord {
  readonly reason: string;
  readonly message: string;
  readonly bytes?: Uint8Array;
}

export interface KeepRefusedOptions extends ToDeadLettersOptions {
  /** For whom the letters are, when somebody replays them. */
  readonly destination: string;
}

/** Dead-letters what cannot be used, with where it came from; whether all of it is durable. Never rejects. */
export type KeepRefusedRecords = (records: readonly UnusableRecord[], origin: readonly Attribute[]) => Promise<boolean>;

/** Of a record that goes into one letter: the rest follows in others. */
const maxPartBytes = 512 * 1024;

/**
 * Dead-letters records that never became telemetry: each is the body of a log record, in base64 where it is not text, with the reason
 * and its origin as attributes. So they are listed, shown and discarded as all dead letters; a replay delivers them as logs.
 */
export function createKeepRefusedRecords(options: KeepRefusedOptions): KeepRefusedRecords {
  const { clock, destination } = options;
  const toDeadLetters = createToDeadLetters(options);

  return async function keepRefusedRecords(records, origin) {
    const acceptedAt = Math.floor(clock.now());
    const parts = joined(records.flatMap((record) => partsOf(record, origin, acceptedAt)));
    if (parts.length === 0) return true;
    const bytes = parts.reduce((sum, part) => sum + part.bytes.length, 0);
    const payload = Buffer.concat(parts.map((part) => part.bytes));
    const batch: Batch = {
      format: "otlp/logs",
      destination,
      items: parts.reduce((sum, { items }) => sum + items, 0),
      bytes,
      encoding: "identity",
      payload,
      acceptedAt,
    };
    const results = await toDeadLetters(new Map([[batch, parts]]));
    return results.get(batch) === "dead-lettered";
  };
}

/** Small parts that are refused for the same class of reason share a letter, so that ten thousand are not ten thousand letters. */
function joined(parts: readonly ReasonedPart[]): readonly RefusedPart[] {
  const letters: { reason: string; parts: ReasonedPart[]; size: number }[] = [];
  for (const part of parts) {
    const size = part.bytes.length;
    const open = letters.find((letter) => letter.reason === part.reason && letter.size + size <= maxPartBytes);
    if (open) {
      open.parts.push(part);
      open.size += size;
    } else letters.push({ reason: part.reason, parts: [part], size });
  }
  return letters.map(({ reason, parts: together }) => ({
    bytes: merge(together.map(({ bytes }) => bytes)),
    items: together.length,
    why: { reason: "undecodable", message: `${reason}: ${together[0]?.message ?? ""}` },
  }));
}

interface ReasonedPart {
  readonly bytes: Uint8Array;
  readonly reason: string;
  readonly message: string;
}

function partsOf(
  { reason, message, bytes = new Uint8Array() }: UnusableRecord,
  origin: readonly Attribute[],
  ms: number,
): readonly ReasonedPart[] {
  const count = Math.max(1, Math.ceil(bytes.length / maxPartBytes));
  return Array.from({ length: count }, (_, index) => {
    const { body, encoding } = bodyOf(bytes.subarray(index * maxPartBytes, (index + 1) * maxPartBytes));
    const attributes: readonly Attribute[] = [
      { name: "sluice.refused.reason", value: reason },
      { name: "sluice.refused.message", value: message },
      { name: "sluice.refused.encoding", value: encoding },
      ...(count === 1 ? [] : [{ name: "sluice.refused.part", value: `${index + 1}/${count}` }]),
    ];
    const request = encodeLogRequest([{ resource: origin, records: [{ observed: { ms }, body, attributes }] }]);
    return { bytes: request, reason, message };
  });
}

function bodyOf(bytes: Uint8Array): { readonly body: string; readonly encoding: "text" | "base64" } {
  try {
    return { body: new TextDecoder("utf-8", { fatal: true }).decode(bytes), encoding: "text" };
  } catch {
    return { body: Buffer.from(bytes).toString("base64"), encoding: "base64" };
  }
}
