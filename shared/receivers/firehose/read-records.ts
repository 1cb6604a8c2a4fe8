import { readBase64 } from "../../base64.ts";
import { decodeContent } from "../../compression/content-encoding.ts";
import type { HttpRequest } from "../../http/message.ts";
import { asInteger, asObject } from "../../json-document.ts";
import type { RefusedRecord } from "./delivery.ts";

/** The records of a body, or why the whole of it is refused. */
export type ReadRecords =
  | {
      readonly kind: "read";
      readonly records: readonly Uint8Array[];
      readonly refused: readonly RefusedRecord[];
      readonly timestamp?: number;
    }
  | { readonly kind: "invalid"; readonly reason: string; readonly message: string };

/** Most bytes of a record (Amazon Data Firehose, quotas). */
const maxRecordBytes = 1_024_000;

/** Decodes a body: `{"requestId":"…","timestamp":…,"records":[{"data":"<base64>"}]}`, gzip or not. Never throws. */
export function readRecords(
  { body, headers }: Pick<HttpRequest, "body" | "headers">,
  { requestId, maxBodyBytes }: { readonly requestId: string; readonly maxBodyBytes: number },
): ReadRecords {
  const coding = headers["content-encoding"];
  const content = decodeContent(body, coding, maxBodyBytes);
  if (content.kind === "too-large")
    return invalid(
      "too-large",
      `The body is larger than ${maxBodyBytes} bytes once decompressed: lower the buffer size of the stream.`,
    );
  if (content.kind === "unsupported")
    return invalid(
      "content-encoding",
      `The Content-Encoding ${content.coding.slice(0, 100)} is not supported: Firehose sends gzip or none.`,
    );
  if (content.kind !== "decoded")
    return invalid("content", `The body is not what its Content-Encoding says: ${content.message}.`);
  const fields = parse(content.bytes);
  if (fields === undefined) return invalid("malformed", "The body is not a JSON object.");
  if (fields.requestId !== requestId)
    return invalid("request-id", "The requestId of the body is not that of the header X-Amz-Firehose-Request-Id.");
  const given = fields.records;
  if (!Array.isArray(given)) return invalid("malformed", "The body has no list of records.");
  const timestamp = asInteger(fields.timestamp);
  const isTime = timestamp !== undefined && timestamp >= 0 && timestamp <= Number.MAX_SAFE_INTEGER;
  return { kind: "read", ...decodeAll(given), ...(isTime && { timestamp }) };
}

function decodeAll(given: readonly unknown[]) {
  const records: Uint8Array[] = [];
  const refused: RefusedRecord[] = [];
  for (const [index, record] of given.entries()) {
    const data = asObject(record)?.data;
    const bytes = typeof data === "string" ? readBase64(data) : undefined;
    if (bytes === undefined) {
      const kept = Buffer.from(typeof data === "string" ? data : (JSON.stringify(record) ?? ""));
      refused.push({ reason: "base64", message: `Record ${index} has no data in base64.`, ...keep(kept) });
    } else if (bytes.length > maxRecordBytes) {
      const message = `Record ${index} has ${bytes.length} bytes, and Firehose sends at most ${maxRecordBytes}.`;
      refused.push({ reason: "record-too-large", message });
    } else if (bytes.length > 0) records.push(bytes);
  }
  return { records, refused };
}

function keep(bytes: Uint8Array): Pick<RefusedRecord, "bytes"> {
  return bytes.length > (maxRecordBytes * 4) / 3 + 4 ? {} : { bytes };
}

function parse(bytes: Uint8Array): ReturnType<typeof asObject> {
  try {
    return asObject(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}

function invalid(reason: string, message: string): ReadRecords {
  return { kind: "invalid", reason, message };
}
