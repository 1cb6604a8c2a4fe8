import type { ReceivedRequest } from "../../batch/accept.ts";
import type { DecodedContent } from "../../compression/content-encoding.ts";
import type { Encoding } from "../../otlp/encoding.ts";
import { formatOf, type Signal } from "../../otlp/signals.ts";
import { transcode } from "../../otlp/transcode.ts";
import type { Rejection } from "../../wire/rejection.ts";
import { defaultScanLimits, scan } from "../../wire/scan.ts";
import { corruptContent, malformed, oversized, tooLarge, unsupportedCoding } from "./refusals.ts";
import { type Refused, type Routed, refusal } from "./route-request.ts";

/** A valid request. */
export interface Checked {
  readonly kind: "checked";
  readonly received: ReceivedRequest;
  readonly signal: Signal;
  readonly encoding: Encoding;
}

/** Validates a body, or says why it is refused; `coding` is its Content-Encoding. */
export function checkContent(
  content: DecodedContent,
  coding: string | undefined,
  { signal, encoding, maxBodyBytes }: Omit<Routed, "kind" | "sender"> & { readonly maxBodyBytes: number },
): Checked | Refused {
  switch (content.kind) {
    case "unsupported":
      return refusal(unsupportedCoding(content.coding));
    case "too-large":
      return refusal(tooLarge(maxBodyBytes));
    case "corrupt":
      return refusal(corruptContent(coding, content.message));
    case "decoded":
      return encoding === "json" ? checkJson(content.bytes, signal, maxBodyBytes) : checkProtobuf(content, signal);
  }
}

function checkProtobuf(content: { bytes: Uint8Array; gzip?: Uint8Array }, signal: Signal): Checked | Refused {
  const scanned = scan(content.bytes, signal.request);
  if (scanned.kind === "rejected") return refuseContent(scanned, signal);
  const { bytes, gzip } = content;
  const received = { format: formatOf(signal), items: scanned.items, bytes, ...(gzip && { gzip }) };
  return { kind: "checked", received, signal, encoding: "protobuf" };
}

function checkJson(json: Uint8Array, signal: Signal, maxBytes: number): Checked | Refused {
  const transcoded = transcode(json, signal, { ...defaultScanLimits, maxBytes });
  if (transcoded.kind === "rejected") return refuseContent(transcoded, signal);
  const { items, bytes } = transcoded;
  return { kind: "checked", received: { format: formatOf(signal), items, bytes }, signal, encoding: "json" };
}

function refuseContent(rejection: Rejection, signal: Signal): Refused {
  return refusal(rejection.isTooLarge ? oversized(rejection) : malformed(rejection, signal));
}
