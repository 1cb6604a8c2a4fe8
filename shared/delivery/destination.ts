import type { Batch } from "../batch/batch.ts";
import type { Signal } from "../otlp/signals.ts";
import type { Secret } from "../secret.ts";

/** Where exports go and as whom. */
export interface Destination {
  readonly name: string;
  /** Base URL of the OTLP/HTTP endpoint, such as https://otlp-gateway-prod-eu-west-2.grafana.net/otlp. */
  readonly endpoint: string;
  /** User name of the Basic authentication. */
  readonly instanceId: string;
  readonly apiKey: Secret;
}

/** Where destinations come from: the configuration, which may change while the process runs. */
export interface Destinations {
  /** The current one first, then the last one that worked, while the current one is refused; empty when none is configured. */
  candidates(name: string): readonly Destination[];
  /** Tells that every candidate was refused (401, 403): the configuration is read again early. */
  refused(name: string): Promise<void>;
}

/** The signal's URL below the endpoint: its path is appended, a query stays (OTLP exporter specification, "Endpoint URLs"). */
export function exportUrl(endpoint: string, signal: Signal): string {
  const url = URL.parse(endpoint);
  if (!url) return endpoint;
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${signal.path}`;
  url.hash = "";
  return url.href;
}

/** The headers of one export. Grafana's backends compare the content type exactly and refuse `identity`. */
export function exportHeaders(
  destination: Destination,
  encoding: Batch["encoding"],
  userAgent: string,
): Readonly<Record<string, string>> {
  const credentials = `${destination.instanceId}:${destination.apiKey.reveal()}`;
  return {
    "content-type": "application/x-protobuf",
    ...(encoding === "gzip" && { "content-encoding": "gzip" }),
    "user-agent": userAgent,
    authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
  };
}
