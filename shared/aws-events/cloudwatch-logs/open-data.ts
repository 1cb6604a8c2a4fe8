import { gunzipSync } from "node:zlib";
import { splitDocuments } from "./split-documents.ts";

/** What was opened: the JSON documents inside, as text. */
export type OpenedData =
  | { readonly kind: "opened"; readonly documents: readonly string[] }
  | { readonly kind: "invalid"; readonly reason: string };

const maxDocuments = 10_000;
/** Of the buffers that are inflated into: zlib's own 16 KiB would be many for a megabyte. */
const chunkSize = 262_144;
/** Both are the first bytes of a gzip member (RFC 1952). */
const gzipMagic = [0x1f, 0x8b] as const;

/**
 * Opens what CloudWatch Logs sends: gzip, of one member or several, or plain, with one JSON document or several one after the other.
 * Nothing is inflated beyond `maxBytes`. Never throws.
 */
export function openData(bytes: Uint8Array, maxBytes: number): OpenedData {
  const inflated = bytes[0] === gzipMagic[0] && bytes[1] === gzipMagic[1] ? inflate(bytes, maxBytes) : bytes;
  if (typeof inflated === "string") return { kind: "invalid", reason: inflated };
  if (inflated.length > maxBytes) return { kind: "invalid", reason: `it is larger than ${maxBytes} bytes` };
  const documents = splitDocuments(new TextDecoder().decode(inflated), maxDocuments);
  return documents === undefined
    ? { kind: "invalid", reason: `it holds more than ${maxDocuments} documents` }
    : { kind: "opened", documents };
}

/** The bytes, or what is wrong with them. */
function inflate(bytes: Uint8Array, maxBytes: number): Uint8Array | string {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes, chunkSize });
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return isTooLarge ? `it is larger than ${maxBytes} bytes once inflated` : "it is not gzip from end to end";
  }
}
