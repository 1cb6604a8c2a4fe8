import { signals } from "../otlp/signals.ts";
import { type JsonObject, toJson } from "../otlp/to-json.ts";
import { scan } from "../wire/scan.ts";
import { contentOf, type Letter } from "./letter.ts";

/** What is in a letter: an export request, or the message as it is where that cannot be had, and why. */
export type LetterContent =
  | {
      readonly kind: "request";
      /** Protobuf, uncompressed. */
      readonly bytes: Uint8Array;
      /** The same in OTLP/JSON. */
      readonly json: () => JsonObject;
    }
  | { readonly kind: "raw"; readonly body: string; readonly why: string };

/** Unpacks a letter. Never rejects. */
export async function readContent({ batch, message, facts }: Letter): Promise<LetterContent> {
  const { body } = message;
  if (!batch) return { kind: "raw", body, why: facts.message };
  const bytes = await contentOf(batch);
  if (!bytes) return { kind: "raw", body, why: "its payload cannot be decompressed" };
  const signal = signals[batch.signal];
  const scanned = scan(bytes, signal);
  if (scanned.kind !== "scanned") return { kind: "raw", body, why: scanned.message };
  return { kind: "request", bytes, json: () => toJson(bytes, signal) };
}
