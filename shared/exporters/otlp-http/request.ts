import type { FormatName } from "../../batch/formats.ts";
import type { Payload } from "../../delivery/exporter.ts";
import type { ExportRequest } from "../../delivery/transport.ts";
import { type Signal, signals } from "../../otlp/signals.ts";

/** The formats that OTLP carries, and the signal of each. */
export const otlpSignals: Readonly<Partial<Record<FormatName, Signal>>> = {
  "otlp/traces": signals.traces,
  "otlp/metrics": signals.metrics,
  "otlp/logs": signals.logs,
};

/** One export over OTLP/HTTP in protobuf. Grafana's backends compare the content type exactly and refuse `identity`. */
export function request({ format, encoding, tenant, body }: Payload, endpoint: string): ExportRequest {
  const headers = {
    "content-type": "application/x-protobuf",
    ...(encoding === "gzip" && { "content-encoding": "gzip" }),
    ...(tenant !== undefined && { "x-scope-orgid": tenant }),
  };
  return { url: exportUrl(endpoint, otlpSignals[format]?.path ?? ""), headers, body };
}

/** Of the endpoints that are sent to: parsing one costs as much as the rest of a request (bench/daemon, "small"). */
const knownUrls = new Map<string, string>();
const maxKnownUrls = 64;

function exportUrl(endpoint: string, path: string): string {
  const key = `${path} ${endpoint}`;
  const known = knownUrls.get(key);
  if (known !== undefined) return known;
  if (knownUrls.size >= maxKnownUrls) knownUrls.clear();
  const url = joinedUrl(endpoint, path);
  knownUrls.set(key, url);
  return url;
}

/** The signal's URL below the endpoint: its path is appended, a query stays (OTLP exporter specification, "Endpoint URLs"). */
function joinedUrl(endpoint: string, path: string): string {
  const url = URL.parse(endpoint);
  if (!url) return endpoint;
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${path}`;
  url.hash = "";
  return url.href;
}
