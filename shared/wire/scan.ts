import { refuse } from "./refusal.ts";
import type { Rejection } from "./rejection.ts";
import { directTags, operation, scanTableOf, unknownEntry } from "./scan-table.ts";
import { itemNoun, type Message } from "./schema.ts";
import { badVarint, varintSize, varintValue } from "./varint.ts";

/** A request that is safe to merge with others; `items` counts what the schema calls one. */
export interface Scanned {
  readonly kind: "scanned";
  readonly items: number;
}

export interface ScanLimits {
  /** Messages inside messages. An array in an array takes two, a list of attributes in one takes three. */
  readonly maxDepth: number;
  /** Items, and groups that could hold some, empty ones too: what later steps of the path take time for. */
  readonly maxItems: number;
}

/** Of 64 MiB, 16 bytes for each item and group; a metric of one data point, three of them, has 100 and more. */
export const defaultScanLimits: ScanLimits = { maxDepth: 256, maxItems: 2 ** 22 };

const maxTag = 2 ** 32 - 1;
/** Tags and lengths have 32 bits: longer forms are read by some parsers and refused by others, C++ and JavaScript among them. */
const maxSize32 = 5;
// Tags of the usual attribute, KeyValue { key (1), value (2): AnyValue { string_value (1) } }.
const keyTag = 0x0a;
const valueTag = 0x12;
const stringTag = 0x0a;

// The messages that are open: where each ends, and where its entries begin. No recursion and no object per message; a scan
// ends before another begins, so they share one stack (bench/scan.ts, small cases).
const sharedStack = createStack(defaultScanLimits.maxDepth);

/**
 * Validates a message on the wire, `root` being its type, in one pass and without decoding it: refuses whatever would make a
 * destination refuse the batch it ends up in, at every depth of the schema, and counts the items. Never throws.
 * Strings are not checked for UTF-8. docs/decisions/0010-scan-the-wire.md lists what is refused.
 */
export function scan(bytes: Uint8Array, root: Message, limits: ScanLimits = defaultScanLimits): Scanned | Rejection {
  const { entries, wide } = scanTableOf(root);
  const { maxDepth, maxItems } = limits;
  const { ends, bases } = maxDepth <= defaultScanLimits.maxDepth ? sharedStack : createStack(maxDepth);
  let depth = 0;
  let base = 0;
  let end = bytes.length;
  let pos = 0;
  let start = 0;
  let items = 0;
  let itemsAndGroups = 0;
  // In a metric only the last member of the oneof counts: the count before it, and the entry of the member seen last.
  let itemsBefore = 0;
  let member = 0;

  for (;;) {
    // A field that runs past the end of its message is found here, when the message should end.
    while (pos >= end) {
      if (pos > end)
        return refuse(bytes, start, { root, message: "The field runs past the end of the message that holds it." });
      if (depth === 0) return { kind: "scanned", items };
      depth--;
      end = ends[depth] as number;
      base = bases[depth] as number;
    }
    start = pos;
    let entry: number;
    const tag = bytes[pos++] as number;
    if (tag < 128) {
      entry = entries[base + tag] as number;
    } else if (pos < end && bytes[pos] === 1) {
      // Two bytes of tag, field numbers 16 to 31: `flags` of every span.
      entry = entries[base + tag] as number;
      pos++;
    } else {
      const size = varintSize(bytes, start, end);
      if (size === badVarint || size > maxSize32)
        return refuse(bytes, start, { root, message: "The tag is not a varint of at most 5 bytes." });
      const wideTag = varintValue(bytes, start, size);
      if (wideTag > maxTag) return refuse(bytes, start, { root, message: "The field number is above 536870911." });
      if (wideTag < directTags) entry = entries[base + wideTag] as number;
      else entry = wide.get(wideTag * 65536 + base) ?? unknownEntry(wideTag);
      pos = start + size;
    }

    const todo = entry & 15;
    if (todo < operation.skipLength) {
      if (todo === operation.skipVarint) {
        if ((bytes[pos++] as number) < 128) continue;
        const size = varintSize(bytes, pos - 1, end);
        if (size === badVarint)
          return refuse(bytes, start, { root, message: "The value is not a varint of at most 64 bits." });
        pos += size - 1;
      } else if (todo === operation.skip64) pos += 8;
      else if (todo === operation.skip32) pos += 4;
      else return refuse(bytes, start, { root });
      continue;
    }

    let length = bytes[pos++] as number;
    if (length >= 128) {
      const second = bytes[pos] as number;
      if (second < 128) {
        length = (length & 127) | (second << 7);
        pos++;
      } else {
        const size = varintSize(bytes, pos - 1, end);
        if (size === badVarint || size > maxSize32)
          return refuse(bytes, start, { root, message: "The length is not a varint of at most 5 bytes." });
        length = varintValue(bytes, pos - 1, size);
        pos += size - 1;
      }
    }
    // Written so that a length read past the last byte, undefined, is refused as well.
    if (!(length <= end - pos))
      return refuse(bytes, start, {
        root,
        message: "The length runs past the end of the message that holds the field.",
      });

    if (todo === operation.skipLength) {
      pos += length;
      continue;
    }
    if (todo === operation.enterKeyValue) {
      // The usual attribute, a short key with a short string, is checked in one step: most of what telemetry is made
      // of (bench/scan.ts, typical traces: 1.6 times as fast).
      const keyLength = bytes[pos + 1] as number;
      const valueAt = pos + 2 + keyLength;
      const valueLength = bytes[valueAt + 1] as number;
      if (
        length < 128 &&
        bytes[pos] === keyTag &&
        bytes[valueAt] === valueTag &&
        bytes[valueAt + 2] === stringTag &&
        length === keyLength + valueLength + 4 &&
        valueLength === (bytes[valueAt + 3] as number) + 2
      ) {
        pos += length;
        continue;
      }
    } else if (todo === operation.id) {
      if (length !== 0 && length !== entry >> 4)
        return refuse(bytes, start, { root, message: `The id has ${length} bytes instead of ${entry >> 4}.` });
      pos += length;
      continue;
    } else if (todo === operation.packed64) {
      if (length % 8 !== 0)
        return refuse(bytes, start, {
          root,
          message: `The packed field has ${length} bytes, which is not a multiple of 8.`,
        });
      pos += length;
      continue;
    } else if (todo === operation.packedVarint) {
      const last = pos + length;
      while (pos < last) {
        const size = varintSize(bytes, pos, last);
        if (size === badVarint)
          return refuse(bytes, start, {
            root,
            message: "The packed field holds a value that is not a varint of at most 64 bits.",
          });
        pos += size;
      }
      continue;
    } else if (todo >= operation.enterItem) {
      if (++itemsAndGroups > maxItems) {
        return { ...refuse(bytes, start, { root, message: tooManyItems(root, maxItems) }), isTooLarge: true };
      }
      if (todo === operation.enterItem) items++;
      else if (todo === operation.enterChoice) {
        itemsBefore = items;
        member = entry;
      } else if (todo === operation.enterMember) {
        if (member !== entry) items = itemsBefore;
        member = entry;
      }
    }

    if (length === 0) continue;
    if (depth === maxDepth)
      return refuse(bytes, start, { root, message: `Messages are nested more than ${maxDepth} deep.` });
    ends[depth] = end;
    bases[depth] = base;
    depth++;
    base = (entry >> 4) * directTags;
    end = pos + length;
  }
}

/** The message for a request that passes `maxItems`. */
export function tooManyItems(root: Message, maxItems: number): string {
  return `The request has more than ${maxItems} ${itemNoun(root, maxItems)} and groups of them.`;
}

function createStack(maxDepth: number): { ends: Int32Array; bases: Int32Array } {
  return { ends: new Int32Array(maxDepth), bases: new Int32Array(maxDepth) };
}
