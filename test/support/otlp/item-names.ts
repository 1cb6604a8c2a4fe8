import type { SignalName } from "../../../shared/signal.ts";
import { oracle } from "./oracle.ts";

/** The names of a request's items, in order: span names, log bodies, and of every data point its `name` attribute. */
export function itemNames(bytes: Uint8Array, signal: SignalName): string[] {
  const names: string[] = [];
  visit(oracle[signal].decode(bytes), names);
  return names;
}

/** The names of the metrics of a request, in order. */
export function metricNames(bytes: Uint8Array): string[] {
  const { resourceMetrics } = oracle.metrics.decode(bytes) as unknown as NodeLike;
  const scopes = list(resourceMetrics).flatMap(({ scopeMetrics }) => list(scopeMetrics));
  return scopes.flatMap(({ metrics }) => list(metrics)).map(({ name }) => String(name));
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
  return oracle[signal].encode(value[signal]).finish();
}

function fixed64(value: bigint): { low: number; high: number; unsigned: boolean } {
  return { low: Number(value & 0xffff_ffffn) | 0, high: Number(value >> 32n) | 0, unsigned: true };
}
