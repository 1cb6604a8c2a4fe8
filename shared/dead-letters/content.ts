import { contentOf } from "../batch/content.ts";
import { formats } from "../batch/formats.ts";
import { scan } from "../wire/scan.ts";
import { type JsonObject, toJson } from "../wire/to-json.ts";
import type { DeadLetter } from "./dead-letter.ts";

/** What is in a letter: an export request, or the message as it is where that cannot be had, and why. */
export type DeadLetterContent =
  /** What is told of an object of S3. */
  | { readonly kind: "notice"; readonly json: () => JsonObject }
  | {
      readonly kind: "request";
      /** Protobuf, uncompressed. */
      readonly bytes: Uint8Array;
      /** The same in OTLP/JSON. */
      readonly json: () => JsonObject;
    }
  /** Text as it is, bytes in base64. */
  | { readonly kind: "raw"; readonly body: string; readonly why: string };

/** Unpacks a letter. Never rejects. */
export async function readContent({ batch, notice, message, facts }: DeadLetter): Promise<DeadLetterContent> {
  if (notice) return { kind: "notice", json: () => notice as JsonObject };
  const body = typeof message.body === "string" ? message.body : Buffer.from(message.body).toString("base64");
  if (!batch) return { kind: "raw", body, why: facts.message };
  const bytes = await contentOf(batch);
  if (!bytes) return { kind: "raw", body, why: "its payload cannot be decompressed" };
  const root = formats[batch.format].message;
  const scanned = scan(bytes, root);
  if (scanned.kind !== "scanned") return { kind: "raw", body, why: scanned.message };
  return { kind: "request", bytes, json: () => toJson(bytes, root) };
}
