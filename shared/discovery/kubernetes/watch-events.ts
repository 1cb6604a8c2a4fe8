import { type JsonObject, numberOf, objectOf, textOf } from "../json.ts";

/** What a watch tells: an object that is there now, one that is gone, a newer version to go on from, or an error. */
export type WatchEvent =
  | { readonly kind: "present" | "gone"; readonly object: JsonObject; readonly version: string }
  | { readonly kind: "bookmark"; readonly version: string }
  | { readonly kind: "error"; readonly code: number; readonly message: string };

/** Reads one line of a watch; undefined for what is not an event. */
export function parseWatchEvent(line: string): WatchEvent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { type, object: inner } = objectOf(parsed);
  const object = objectOf(inner);
  const version = textOf(objectOf(object.metadata).resourceVersion) ?? "";
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      return { kind: "present", object, version };
    case "DELETED":
      return { kind: "gone", object, version };
    case "BOOKMARK":
      return { kind: "bookmark", version };
    case "ERROR":
      return { kind: "error", code: numberOf(object.code) ?? 0, message: textOf(object.message) ?? "" };
    default:
      return undefined;
  }
}
