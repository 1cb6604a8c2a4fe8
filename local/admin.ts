import type { HttpAnswer, HttpRequest } from "../shared/http/message.ts";
import { guardPages } from "../shared/http/same-origin.ts";
import { createHttpServer, type HttpServer } from "../shared/node/http-server.ts";
import type { Metrics } from "../shared/telemetry/metrics.ts";
import { prometheusContentType, toPrometheus } from "../shared/telemetry/prometheus.ts";

export interface AdminOptions {
  /** Whether requests are served. */
  readonly isReady: () => boolean;
  readonly metrics: Metrics;
  /** Sets the gauges that are read when somebody asks. */
  readonly measure: () => void;
}

/** The admin port: `GET /-/ready`, `/-/healthy` and `/metrics`. */
export function createAdmin({ isReady, metrics, measure }: AdminOptions): HttpServer {
  const pages: Readonly<Record<string, () => HttpAnswer>> = {
    "/-/ready": () => (isReady() ? page(200, "ready\n") : page(503, "not ready\n")),
    "/-/healthy": () => page(200, "healthy\n"),
    "/metrics": () => {
      measure();
      return page(200, toPrometheus(metrics.snapshot()), { "content-type": prometheusContentType });
    },
  };
  return createHttpServer({
    handle: guardPages(async ({ method, path }: HttpRequest) => {
      const make = Object.hasOwn(pages, path) ? pages[path] : undefined;
      if (!make) return page(404, `no such page; there are ${Object.keys(pages).join(", ")}\n`);
      return method === "GET" || method === "HEAD" ? make() : page(405, "use GET\n", { allow: "GET, HEAD" });
    }, []),
    maxBodyBytes: 0,
    maxConnections: 100,
  });
}

function page(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: Buffer.from(text) };
}
