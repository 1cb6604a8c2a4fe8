import type { ChangeRules } from "../shared/http/guard-changes.ts";
import type { HttpAnswer, HttpRequest } from "../shared/http/message.ts";
import { type Page, servePages, textPage } from "../shared/http/pages.ts";
import { guardPages } from "../shared/http/same-origin.ts";
import { createHttpServer, type HttpServer } from "../shared/node/http-server/http-server.ts";
import { overviewOf, type QueueRow } from "../shared/overview/overview.ts";
import type { Recent } from "../shared/overview/recent.ts";
import type { Metrics } from "../shared/telemetry/metrics/metrics.ts";
import { prometheusContentType, toPrometheus } from "../shared/telemetry/prometheus.ts";
import { createUi } from "../ui/serve/ui.ts";

export interface AdminOptions {
  /** Whether requests are served. */
  readonly isReady: () => boolean;
  readonly version: string;
  readonly metrics: Metrics;
  readonly recent: Recent;
  readonly rules: ChangeRules;
  readonly queues: () => readonly QueueRow[];
  readonly deadLetters: (request: HttpRequest) => Promise<HttpAnswer | undefined>;
  /** Sets the gauges that are read when somebody asks. */
  readonly measure: () => void;
}

/** The admin port: the pages for people, `GET /-/ready`, `/-/healthy` and `/metrics`. */
export function createAdmin(options: AdminOptions): HttpServer {
  const { isReady, metrics, measure, recent, rules, version, queues, deadLetters } = options;
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
  const ui = createUi({
    program: "local stack",
    version,
    rules,
    async overview() {
      measure();
      const facts = { now: Date.now(), destinations: recent.destinations() };
      const problem = isReady() ? {} : { notReady: "starting or stopping" };
      return { ...overviewOf(metrics.snapshot(), { ...facts, ...problem }), queues: queues() };
    },
    lines: recent.lines,
    hasDeadLetters: true,
  });
  const others = servePages(pages);
  return createHttpServer({
    handle: guardPages(
      async (request) => (await deadLetters(request)) ?? (await ui(request, false)) ?? others(request),
      rules.boundTo,
    ),
    maxBodyBytes: 64 * 1024,
    maxConnections: 100,
  });
}
