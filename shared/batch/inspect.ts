import { type ItemTimes, itemTimes } from "../wire/item-times.ts";
import { type FormatName, formats } from "./formats.ts";

/** What a person wants to know of a payload before it is replayed: a few services, and the times of its items. */
export interface Inspection extends ItemTimes {
  readonly services: readonly string[];
}

/** Looks into a payload, uncompressed, without decoding it. What is damaged tells less; nothing throws. */
export function inspect(bytes: Uint8Array, format: FormatName): Inspection {
  const { message, services } = formats[format];
  try {
    return { services: services(bytes), ...itemTimes(bytes, message) };
  } catch {
    // It may be what crashes the code: less is better than nothing.
    return { services: [] };
  }
}
