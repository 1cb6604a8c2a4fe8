import type { Attribute } from "../otlp/write-attribute.ts";
import { merge } from "../wire/merge.ts";
import { encodeLogRequest } from "./log-request.ts";

/** Something that came in and cannot be used: a word and a sentence why, and what is kept of it. */
export interface UnusableRecord {
  readonly reason: string;
  readonly message: string;
  readonly bytes?: Uint8Array;
}

/** Log records of what cannot be used for one reason. */
export interface RefusedLogs {
  /** `ExportLogsServiceRequest`. */
  readonly bytes: Uint8Array;
  readonly items: number;
  readonly reason: string;
  /** Of the first of them. */
  readonly message: string;
}

/** Of a record that goes into one request: the rest follows in others. */
const maxPartBytes = 512 * 1024;

/**
 * Makes log records of what never became telemetry: each is the body of one, in base64 where it is not text, with the reason and its
 * origin as attributes. Small ones with one reason share a request; none is larger than a message of a queue may be.
 */
export function refusedAsLogs(
  records: readonly UnusableRecord[],
  { origin, ms }: { readonly origin: readonly Attribute[]; readonly ms: number },
): readonly RefusedLogs[] {
  return joined(records.flatMap((record) => partsOf(record, origin, ms)));
}

/** Ten thousand small records are not ten thousand requests. */
function joined(parts: readonly ReasonedPart[]): readonly RefusedLogs[] {
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
    reason,
    message: together[0]?.message ?? "",
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
