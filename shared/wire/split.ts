import type { FieldCursor } from "./field-cursor.ts";
import { childOf, countItems, cutField, type Group, headerOf, itemsIn, walk } from "./group.ts";
import { createPartWriter, type Part } from "./part-writer.ts";
import { nameOf } from "./refusal.ts";
import type { Field, Message } from "./schema.ts";

export interface SplitLimits {
  /** Bytes of one part. */
  readonly maxBytes: number;
  /** Items of one part, at least 1. */
  readonly maxItems?: number;
  /** Bytes of all parts together: repeated headers cannot multiply a request beyond it. Default: 4 × input + 64 MiB. */
  readonly maxTotalBytes?: number;
}

/** What fits no part: an item, or everything below a group whose header alone is too large. */
export interface TooLarge {
  readonly items: number;
  /** Size of the smallest request that would hold it all, with what must be repeated of the groups around it. */
  readonly bytes: number;
  readonly path: string;
}

export interface Split {
  readonly parts: readonly Part[];
  /** At most a thousand, in order; one more, with an empty path, for all others. */
  readonly tooLarge: readonly TooLarge[];
}

/** A hostile request could hold millions of items that do not fit: beyond this their paths are not told. */
const maxReports = 1000;

/**
 * Cuts a request that passed `scan` into valid requests within limits, whose merge says the same: order is kept, and
 * resource, scope, schema URLs, metric headers and unknown fields of every group that had to be cut are repeated. A group
 * that fits a part is never cut, and one without items stays in exactly one part. Linear in the request.
 */
export function split(bytes: Uint8Array, root: Message, limits: SplitLimits): Split {
  const request: Group = { bytes, message: root, start: 0, end: bytes.length };
  const { maxBytes } = limits;
  const maxItems = Math.max(1, limits.maxItems ?? Number.POSITIVE_INFINITY);
  const maxTotalBytes = limits.maxTotalBytes ?? 4 * bytes.length + 64 * 2 ** 20;
  if (bytes.length <= maxBytes) {
    const items = countItems(request);
    if (items <= maxItems) return { parts: [{ bytes, items }], tooLarge: [] };
  }

  const writer = createPartWriter(bytes, maxBytes);
  const parts: Part[] = [];
  const tooLarge: TooLarge[] = [];
  const unnamed = { items: 0, bytes: 0 };
  let totalBytes = 0;
  let exhausted = false;

  function finishPart(): void {
    if (writer.isEmpty()) return;
    const part = writer.finish();
    totalBytes += part.bytes.length;
    parts.push(part);
  }

  /** Adds a whole field to the current part or else to a new one; false where it fits neither. */
  function place(field: Field, cursor: FieldCursor): boolean {
    const size = cursor.valueEnd - cursor.fieldStart;
    const fits = writer.fits(size);
    if (!fits && writer.sizeAlone(size) > maxBytes) return false;
    const added = itemsIn(field, cursor);
    if (added > maxItems) return false;
    if (!fits || writer.items + added > maxItems) finishPart();
    exhausted ||= writer.isEmpty() && totalBytes + writer.sizeAlone(size) > maxTotalBytes;
    if (!exhausted) writer.add(cursor.fieldStart, cursor.valueEnd, added);
    return !exhausted;
  }

  function cut(group: Group, path: string, tag: Uint8Array): boolean {
    const header = headerOf(group);
    if (!header) return false;
    writer.enter({ tag, header });
    const fits = writer.sizeAlone(0) < maxBytes;
    if (fits) cutChildren(group, path);
    writer.leave();
    return fits;
  }

  function cutChildren(group: Group, path: string): void {
    const { cuts } = group.message;
    const counts = cuts.map(() => 0);
    const left = { items: 0, bytes: 0 };
    for (const cursor = walk(group); cursor.next(); ) {
      const field = cutField(group.message, cursor);
      if (!field) continue;
      const kind = cuts.indexOf(field);
      const index = counts[kind] as number;
      counts[kind] = index + 1;
      if (!exhausted && place(field, cursor)) continue;
      const size = cursor.valueEnd - cursor.fieldStart;
      if (exhausted) {
        left.items += itemsIn(field, cursor);
        left.bytes += size;
        continue;
      }
      const childPath = path === "" ? nameOf(field, index) : `${path}.${nameOf(field, index)}`;
      const tag = tagOf(bytes, cursor.fieldStart);
      if (field.cut === "group" && cut(childOf(group, field, cursor), childPath, tag)) continue;
      report({ items: itemsIn(field, cursor), bytes: writer.sizeAlone(size), path: childPath });
    }
    if (left.bytes > 0) report({ items: left.items, bytes: writer.sizeAlone(left.bytes), path });
  }

  function report(found: TooLarge): void {
    if (tooLarge.length < maxReports) tooLarge.push(found);
    else {
      unnamed.items += found.items;
      unnamed.bytes += found.bytes;
    }
  }

  if (!cut(request, "", new Uint8Array(0))) {
    tooLarge.push({ items: countItems(request), bytes: bytes.length, path: "" });
  }
  finishPart();
  if (unnamed.bytes > 0) tooLarge.push({ ...unnamed, path: "" });
  return { parts, tooLarge };
}

/** The tag of a field as it was written, which need not be in its shortest form. */
function tagOf(bytes: Uint8Array, start: number): Uint8Array {
  let end = start;
  while ((bytes[end] as number) >= 128) end++;
  return bytes.subarray(start, end + 1);
}
