/** The value of a tag in a header. */
export type TagValue =
  | { readonly kind: "string" | "text"; readonly value: string }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "int16" | "int32"; readonly value: readonly number[] }
  | { readonly kind: "bytes"; readonly value: Uint8Array };

const typeNumbers = { int16: 3, int32: 4, string: 6, bytes: 7, strings: 8, text: 9 } as const;
const entryBytes = 16;
const magic = Buffer.from("8eade80100000000", "hex");

/**
 * A header of an RPM package: an index of tags, and their values behind it. `region` is the tag that spans all of it (62 of a
 * signature, 63 of the header itself), so that what was added later can be told from what was built.
 * Source: rpm.org, "RPM V4 Package format", Header.
 */
export function rpmHeader(region: 62 | 63, tags: ReadonlyMap<number, TagValue>): Buffer {
  const sorted = [...tags].sort(([a], [b]) => a - b);
  const values: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [tag, value] of sorted) {
    const bytes = encoded(value);
    const padding = Buffer.alloc((alignment(value) - (offset % alignment(value))) % alignment(value));
    entries.push(entry(tag, { type: typeNumbers[value.kind], offset: offset + padding.length, count: countOf(value) }));
    values.push(padding, bytes);
    offset += padding.length + bytes.length;
  }
  const type = typeNumbers.bytes;
  const trailer = entry(region, { type, offset: -entryBytes * (entries.length + 1), count: entryBytes });
  const index = [entry(region, { type, offset, count: entryBytes }), ...entries];
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(index.length, 0);
  sizes.writeUInt32BE(offset + trailer.length, 4);
  return Buffer.concat([magic, sizes, ...index, ...values, trailer]);
}

function entry(tag: number, { type, offset, count }: Readonly<Record<"type" | "offset" | "count", number>>): Buffer {
  const bytes = Buffer.alloc(entryBytes);
  bytes.writeUInt32BE(tag, 0);
  bytes.writeUInt32BE(type, 4);
  bytes.writeInt32BE(offset, 8);
  bytes.writeUInt32BE(count, 12);
  return bytes;
}

function encoded(tag: TagValue): Buffer {
  switch (tag.kind) {
    case "string":
    case "text":
      return Buffer.from(`${tag.value}\0`);
    case "strings":
      return Buffer.from(tag.value.map((value) => `${value}\0`).join(""));
    case "bytes":
      return Buffer.from(tag.value);
    case "int16":
    case "int32": {
      const width = alignment(tag);
      const bytes = Buffer.alloc(width * tag.value.length);
      for (const [at, value] of tag.value.entries()) bytes.writeUIntBE(value, at * width, width);
      return bytes;
    }
  }
}

function alignment({ kind }: TagValue): number {
  return kind === "int32" ? 4 : kind === "int16" ? 2 : 1;
}

function countOf({ kind, value }: TagValue): number {
  return kind === "string" || kind === "text" ? 1 : value.length;
}
