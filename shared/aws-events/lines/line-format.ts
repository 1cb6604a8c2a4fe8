import type { Attribute } from "../../otlp/write-attribute.ts";
import type { LogTime, TraceContext } from "../log-record.ts";
import type { Severity } from "../severity.ts";

/** What a line says of itself beside its text, which becomes the body as it is. */
export interface RecognisedLine {
  readonly time?: LogTime | undefined;
  readonly severity?: Severity | undefined;
  readonly attributes: readonly Attribute[];
  readonly trace?: TraceContext | undefined;
  readonly eventName?: string | undefined;
}

/** A format of lines: undefined for every line that is not of it. Never throws; takes time in proportion to the line. */
export type Recognise = (line: string) => RecognisedLine | undefined;
