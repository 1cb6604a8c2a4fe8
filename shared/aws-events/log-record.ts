import type { Attribute } from "../otlp/write-attribute.ts";
import type { Severity } from "./severity.ts";

/** Milliseconds since 1970, a whole number, and what is finer: 0 to 999,999 nanoseconds. */
export interface LogTime {
  readonly ms: number;
  readonly nanos?: number;
}

/** Ids of a trace in hexadecimal, 32 and 16 digits. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId?: string;
}

/** A log record of OTLP, as far as what AWS emits fills one. */
export interface LogRecord {
  readonly time?: LogTime | undefined;
  readonly observed?: LogTime | undefined;
  readonly severity?: Severity | undefined;
  readonly body: string;
  readonly attributes: readonly Attribute[];
  readonly trace?: TraceContext | undefined;
  readonly eventName?: string | undefined;
}

/** Log records of one origin. */
export interface ResourceRecords {
  /** Attributes of the resource. */
  readonly resource: readonly Attribute[];
  /** Name of the instrumentation scope; absent means none. */
  readonly scope?: string;
  readonly records: readonly LogRecord[];
}
