import type { TraceContext } from "../log-record.ts";

const spanIdShape = /^[0-9a-f]{16}$/i;
const rootShape = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i;

/** An id of X-Ray, `1-58406520-a006649127e371903a2de979`, and the id of its segment, as OpenTelemetry has them. */
export function traceOfXray(root: string, segment?: string): TraceContext | undefined {
  const parts = rootShape.exec(root);
  if (!parts) return undefined;
  const traceId = `${parts[1]}${parts[2]}`.toLowerCase();
  return segment !== undefined && spanIdShape.test(segment) ? { traceId, spanId: segment.toLowerCase() } : { traceId };
}

/** The header `X-Amzn-Trace-Id`: `Root=1-…;Parent=…;Sampled=1`, in any order, with fields that are not known between them. */
export function traceOfHeader(header: string): TraceContext | undefined {
  const fields = new Map(header.split(";", 20).map((field) => field.trim().split("=", 2) as [string, string]));
  return traceOfXray(fields.get("Root") ?? "", fields.get("Parent"));
}

/** Ids as they are in most logs: 32 and 16 digits. */
export function traceOfIds(traceId: unknown, spanId: unknown): TraceContext | undefined {
  if (typeof traceId !== "string" || !/^[0-9a-f]{32}$/i.test(traceId) || /^0+$/.test(traceId)) return undefined;
  const id = traceId.toLowerCase();
  return typeof spanId === "string" && spanIdShape.test(spanId)
    ? { traceId: id, spanId: spanId.toLowerCase() }
    : { traceId: id };
}
