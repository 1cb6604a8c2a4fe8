import { createRequire } from "node:module";
import type { SignalName } from "../../shared/otlp/signals.ts";

// OpenTelemetry's own generated codec: it ships as CommonJS, and its types describe far more than is needed here.
const root = createRequire(import.meta.url)("otlp-oracle/build/src/generated/root.js") as OracleRoot;

interface OracleRoot {
  readonly opentelemetry: {
    readonly proto: {
      readonly collector: Readonly<
        Record<"trace" | "metrics" | "logs", { readonly v1: Readonly<Record<string, OracleMessage>> }>
      >;
    };
  };
}

interface OracleMessage {
  decode(bytes: Uint8Array): unknown;
  encode(value: unknown): { finish(): Uint8Array };
}

const types: Readonly<Record<SignalName, OracleMessage>> = {
  traces: message("trace", "ExportTraceServiceRequest"),
  metrics: message("metrics", "ExportMetricsServiceRequest"),
  logs: message("logs", "ExportLogsServiceRequest"),
};

function message(pkg: "trace" | "metrics" | "logs", name: string): OracleMessage {
  const type = root.opentelemetry.proto.collector[pkg].v1[name];
  if (!type) throw new Error(`the oracle has no ${name}`);
  return type;
}

/** The names of a request's items, in order: span names, log bodies, and of every data point its `name` attribute. */
export function itemNames(bytes: Uint8Array, signal: SignalName): string[] {
  const names: string[] = [];
  visit(types[signal].decode(bytes), names);
  return names;
}

interface NodeLike {
  readonly [key: string]: unknown;
}

function visit(node: unknown, names: string[]): void {
  if (Array.isArray(node)) {
    for (const child of node) visit(child, names);
    return;
  }
  if (typeof node !== "object" || node === null || node instanceof Uint8Array) return;
  const at = node as NodeLike;
  for (const span of list(at.spans)) names.push(String(span.name));
  for (const record of list(at.logRecords)) names.push(String((record.body as NodeLike).stringValue));
  for (const point of list(at.dataPoints)) {
    const name = list(point.attributes).find((attribute) => attribute.key === "name");
    names.push(String((name?.value as NodeLike | undefined)?.stringValue));
  }
  for (const key of ["resourceSpans", "resourceMetrics", "resourceLogs"]) visit(at[key], names);
  for (const key of ["scopeSpans", "scopeMetrics", "scopeLogs", "metrics"]) visit(at[key], names);
  for (const key of ["gauge", "sum", "histogram", "exponentialHistogram", "summary"]) visit(at[key], names);
}

function list(value: unknown): readonly NodeLike[] {
  return Array.isArray(value) ? (value as NodeLike[]) : [];
}

export interface NamedItems {
  readonly names: readonly string[];
  readonly service?: string;
  /** Text that every item carries beside its name. */
  readonly padding?: string;
  /** Nanoseconds since the epoch of every item. */
  readonly timeUnixNano?: bigint;
}

/** A request whose items have these names, encoded by the oracle: one resource, one scope. */
export function requestOf(signal: SignalName, given: NamedItems): Uint8Array {
  const { names, service = "checkout", padding = "", timeUnixNano = 1_790_000_000_000_000_000n } = given;
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const time = fixed64(timeUnixNano);
  const attributes = padding === "" ? [] : [text("padding", padding)];
  const items = {
    traces: names.map((name, at) => ({
      name,
      traceId: Buffer.alloc(16, 1),
      spanId: Buffer.from((at + 1).toString(16).padStart(16, "0"), "hex"),
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      attributes,
    })),
    logs: names.map((name) => ({ body: { stringValue: name }, timeUnixNano: time, attributes })),
    metrics: names.map((name) => ({
      name: "requests",
      gauge: { dataPoints: [{ asDouble: 1, timeUnixNano: time, attributes: [text("name", name), ...attributes] }] },
    })),
  };
  const resource = { attributes: [text("service.name", service)] };
  const scope = { name: "test" };
  const value = {
    traces: { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: items.traces }] }] },
    metrics: { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: items.metrics }] }] },
    logs: { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: items.logs }] }] },
  };
  return types[signal].encode(value[signal]).finish();
}

function fixed64(value: bigint): { low: number; high: number; unsigned: boolean } {
  return { low: Number(value & 0xffff_ffffn) | 0, high: Number(value >> 32n) | 0, unsigned: true };
}
