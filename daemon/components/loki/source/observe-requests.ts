import { monotonic } from "../../../../shared/clock.ts";
import type { HttpAnswer, HttpRequest } from "../../../../shared/http/message.ts";
import type { ComponentContext } from "../../../controller/component.ts";

type Handle = (request: HttpRequest) => Promise<HttpAnswer>;

/** The paths that have a name; all others are one route. */
const routes = new Map(
  ["/loki/api/v1/push", "/loki/api/v1/raw", "/api/v1/push", "/api/v1/raw", "/ready"].map((path) => [
    path,
    path.slice(1).replaceAll("/", "_"),
  ]),
);
const methods = ["GET", "POST", "HEAD"];

/** Measures the requests of loki.source.api by the names of Alloy's server. */
export function observeRequests(
  handle: Handle,
  { id, clock, metrics }: Pick<ComponentContext<unknown>, "id" | "clock" | "metrics">,
): Handle {
  const inflight = new Map<string, number>();

  return async (request) => {
    const method = methods.includes(request.method) ? request.method : "other";
    const labels = { component_id: id, method, route: routes.get(request.path) ?? "other" };
    const startedAt = monotonic(clock);
    const change = (by: number) => {
      const key = `${method} ${labels.route}`;
      const count = (inflight.get(key) ?? 0) + by;
      inflight.set(key, count);
      metrics.set("loki_source_api_inflight_requests", labels, count);
    };
    change(1);
    try {
      const answer = await handle(request);
      const seconds = (monotonic(clock) - startedAt) / 1000;
      const answered = { ...labels, status_code: String(answer.status), ws: "false" };
      metrics.observe("loki_source_api_request_duration_seconds", answered, seconds);
      metrics.observe("loki_source_api_request_message_bytes", labels, request.body.length);
      metrics.observe("loki_source_api_response_message_bytes", labels, answer.body.length);
      return answer;
    } finally {
      change(-1);
    }
  };
}
