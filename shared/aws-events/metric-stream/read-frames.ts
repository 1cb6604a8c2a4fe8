import { exportMetricsServiceRequest } from "../../otlp/schema.ts";
import { scan } from "../../wire/scan.ts";
import { cutFrames } from "./frames.ts";
import { isOldSchema } from "./is-old-schema.ts";

/** Part of a record that cannot be used, and why. */
export interface RefusedPart {
  readonly reason: "framing" | "malformed" | "opentelemetry-0.7" | "json";
  /** A sentence for the operator. */
  readonly message: string;
  readonly bytes: Uint8Array;
}

/** What a record of a metric stream holds. */
export interface MetricRecord {
  /** Valid `ExportMetricsServiceRequest`s; the concatenation of them is one too. */
  readonly requests: readonly Uint8Array[];
  /** Data points in them. */
  readonly items: number;
  readonly refused: readonly RefusedPart[];
}

/** What an operator is told whose metric stream has the output format of old. */
export const oldSchemaMessage =
  "The metric stream sends OpenTelemetry 0.7, which names its data points in fields that OpenTelemetry 1.0 does not read: choose OpenTelemetry 1.0 as the output format of the metric stream.";

/** Reads a record in the format OpenTelemetry 1.0: each message on its own, so that a bad one leaves the others alone. Never throws. */
export function readFrames(record: Uint8Array): MetricRecord {
  const { frames, broken } = cutFrames(record);
  const requests: Uint8Array[] = [];
  const refused: RefusedPart[] = [];
  let items = 0;
  for (const bytes of frames) {
    const scanned = scan(bytes, exportMetricsServiceRequest);
    if (scanned.kind === "rejected") {
      const where = scanned.path === "" ? `byte ${scanned.offset}` : scanned.path;
      refused.push({ reason: "malformed", message: `Not an export request, at ${where}: ${scanned.message}`, bytes });
    } else if (isOldSchema(bytes)) {
      refused.push({ reason: "opentelemetry-0.7", message: oldSchemaMessage, bytes });
    } else {
      requests.push(bytes);
      items += scanned.items;
    }
  }
  if (broken) refused.push({ reason: "framing", ...broken });
  return { requests, items, refused };
}
