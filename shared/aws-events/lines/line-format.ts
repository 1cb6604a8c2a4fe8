import type { Attribute } from "../../otlp/write-attribute.ts";
import type { LogTime, TraceContext } from "../log-record.ts";
import type { MetricPoint } from "../metric-point.ts";
import type { Severity } from "../severity.ts";

/** What a line says of itself beside its text, which becomes the body as it is. */
export interface RecognisedLine {
  /** What becomes the body in its place, where the line holds secrets that nobody should keep. */
  readonly body?: string | undefined;
  readonly time?: LogTime | undefined;
  readonly severity?: Severity | undefined;
  readonly attributes: readonly Attribute[];
  readonly trace?: TraceContext | undefined;
  readonly eventName?: string | undefined;
  /** What the line counts or measures, beside being a line. */
  readonly metrics?: readonly MetricPoint[] | undefined;
}

/** A format of lines: undefined for every line that is not of it. Never throws; takes time in proportion to the line. */
export type Recognise = (line: string) => RecognisedLine | undefined;
