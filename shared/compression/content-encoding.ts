import { unsnappy, unsnappyFramed } from "./snappy.ts";
import { type Decoded, gunzip, inflate, unzstd } from "./zlib-codings.ts";

/** A body without its content coding, or why there is none. */
export type DecodedContent =
  | {
      readonly kind: "decoded";
      readonly bytes: Uint8Array;
      /** The body as it came, where it is one gzip member that every reader takes. */
      readonly gzip?: Uint8Array;
    }
  | Exclude<Decoded, { kind: "decoded" }>
  | { readonly kind: "unsupported"; readonly coding: string };

/** What a refusal for an unknown coding names in `Accept-Encoding` (RFC 9110 15.5.16), the preferred one first. */
export const acceptedCodings = "gzip, zstd, deflate, snappy, x-snappy-framed, identity";

const decoders: Readonly<Record<string, (body: Uint8Array, maxBytes: number) => Decoded>> = {
  gzip: gunzip,
  "x-gzip": gunzip,
  deflate: inflate,
  zlib: inflate,
  zstd: unzstd,
  snappy: unsnappy,
  "x-snappy-framed": unsnappyFramed,
};

const emptyOfNothing = new Set([unzstd, unsnappy, unsnappyFramed]);

/** What is decoded and checked at once; more than this has a turn of the event loop of its own. */
export const lightBytes = 1024 * 1024;
/** The smallest gzip that can hold more than `lightBytes` says so in its last four bytes, unless it lies. */
const sizeBytes = 4;

/** Whether `body` claims to hold no more than `lightBytes` once decoded: a claim, which the decoder's limit checks. */
export function isLight(body: Uint8Array, header: string | undefined): boolean {
  if (body.length > lightBytes) return false;
  if (!/^\s*(x-)?gzip\s*$/i.test(header ?? "") || body.length < sizeBytes) return true;
  return (
    new DataView(body.buffer, body.byteOffset + body.length - sizeBytes, sizeBytes).getUint32(0, true) <= lightBytes
  );
}

/**
 * Takes a content coding off `body`, never making more than `maxBytes`. `header` is Content-Encoding (or grpc-encoding): any
 * case; absent, empty and `identity` mean none. One coding at a time: a list of two is unsupported. Never throws for bad bytes.
 */
export function decodeContent(body: Uint8Array, header: string | undefined, maxBytes: number): DecodedContent {
  const codings = header
    ?.split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  const coding = codings?.[0];
  if (codings === undefined || coding === undefined) {
    return body.length > maxBytes ? { kind: "too-large" } : { kind: "decoded", bytes: body };
  }
  const decode = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
  if (decode === undefined || codings.length > 1) return { kind: "unsupported", coding: codings.join(", ") };
  // Encoders that were given nothing write nothing: zstd's and framed snappy's streams begin with their first byte of content.
  if (body.length === 0 && emptyOfNothing.has(decode)) return { kind: "decoded", bytes: body };
  if (decode !== gunzip) return decode(body, maxBytes);
  const { isPlain, ...content } = gunzip(body, maxBytes);
  return isPlain && content.kind === "decoded" ? { ...content, gzip: body } : content;
}
