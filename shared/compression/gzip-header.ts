/** What bytes at the beginning of a gzip member are. */
export type GzipHeader =
  | { readonly kind: "header"; readonly length: number }
  /** More bytes are needed. */
  | { readonly kind: "open" }
  | { readonly kind: "wrong"; readonly message: string };

const fixedBytes = 10;
/** Most bytes of a header: a name, a comment and an extra field have no business being longer together. */
const maxBytes = 131_072;
const flags = { headerCrc: 2, extra: 4, name: 8, comment: 16 };

/** Reads the header of a gzip member (RFC 1952, 2.3). Never throws. */
export function readGzipHeader(bytes: Uint8Array): GzipHeader {
  if ((bytes[0] ?? 0x1f) !== 0x1f || (bytes[1] ?? 0x8b) !== 0x8b) return wrong("incorrect header check");
  if ((bytes[2] ?? 8) !== 8) return wrong("unknown compression method");
  const flag = bytes[3] ?? 0;
  if ((flag & 0xe0) !== 0) return wrong("unknown header flags set");
  let at = fixedBytes;
  if (flag & flags.extra) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  for (const text of [flags.name, flags.comment]) {
    if (!(flag & text)) continue;
    const end = at < bytes.length ? bytes.indexOf(0, at) : -1;
    if (end < 0) return open(bytes);
    at = end + 1;
  }
  if (flag & flags.headerCrc) at += 2;
  return at <= bytes.length && bytes.length >= fixedBytes ? { kind: "header", length: at } : open(bytes);
}

function open({ length }: Uint8Array): GzipHeader {
  return length > maxBytes ? wrong("the header of a gzip member is too long") : { kind: "open" };
}

function wrong(message: string): GzipHeader {
  return { kind: "wrong", message };
}
