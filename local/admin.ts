import { type Page, servePages, textPage } from "../shared/http/pages.ts";
import { guardPages } from "../shared/http/same-origin.ts";
import { createHttpServer, type HttpServer } from "../shared/node/http-server.ts";
import type { Metrics } from "../shared/telemetry/metrics.ts";
import { prometheusContentType, toPrometheus } from "../shared/telemetry/prometheus.ts";

export interface AdminOptions {
  /** Whether requests are served. */
  readonly isReady: () => boolean;
  readonly metrics: Metrics;
  /** The address that it is bound to. */
  readonly host: string;
  /** Sets the gauges that are read when somebody asks. */
  readonly measure: () => void;
}

/** The admin port: `GET /-/ready`, `/-/healthy` and `/metrics`. */
export function createAdmin({ isReady, metrics, measure, host }: AdminOptions): HttpServer {
  const pages: Readonly<Record<string, Page>> = {
    "/-/ready": { method: "GET", make: () => (isReady() ? textPage(200, "ready\n") : textPage(503, "not ready\n")) },
    "/-/healthy": { method: "GET", make: () => textPage(200, "healthy\n") },
    "/metrics": {
      method: "GET",
      make() {
        measure();
        return textPage(200, toPrometheus(metrics.snapshot()), { "content-type": prometheusContentType });
      },
    },
  };
  return createHttpServer({
    handle: guardPages(servePages(pages), host),
    maxBodyBytes: 0,
    maxConnections: 100,
  });
}
