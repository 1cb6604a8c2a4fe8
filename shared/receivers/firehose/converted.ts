import type { IsOwnGroup } from "../../aws-events/cloudwatch-logs/own-groups.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import type { RefusedRecord } from "./delivery.ts";
import type { StreamOrigin } from "./source-arn.ts";

/** What a record is converted with. */
export interface ConvertOptions {
  readonly origin: StreamOrigin;
  readonly sourceArn: string;
  /** Attributes that every resource gets. */
  readonly attributes: readonly Attribute[];
  /** Whether summaries of metric streams, and embedded metrics, become gauges. */
  readonly toGauges: boolean;
  /** Whether lines of CloudWatch Logs that report metrics become metrics too. */
  readonly withMetrics: boolean;
  /** Whose events are left out. */
  readonly isOwnGroup: IsOwnGroup;
  /** When the record came, milliseconds since 1970. */
  readonly observedMs: number;
}

/** Part of an export request, or all of it. */
export interface Piece {
  readonly signal: "metrics" | "logs";
  readonly bytes: Uint8Array;
  readonly items: number;
}

/** What a record was made into. */
export interface Converted {
  readonly pieces: readonly Piece[];
  readonly refused: readonly RefusedRecord[];
}

/** Most bytes that one record may hold once inflated, and that may come of it: a thousand kilobytes can claim a gigabyte. */
export const maxConvertedBytes = 32 * 1_048_576;
