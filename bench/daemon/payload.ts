import { oracle } from "../../test/support/otlp/oracle.ts";

/** A request as an SDK's batch processor sends it: one resource, one scope, `spans` spans of about 512 bytes each. */
export function tracesRequest(spans: number, seed = 0): Uint8Array {
  const { traces } = oracle;
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const id = (length: number, n: number) => Buffer.alloc(length, 1 + ((n * 31 + seed) % 255)).fill(n & 255, 0, 1);
  const items = Array.from({ length: spans }, (_, n) => ({
    traceId: id(16, n >> 3),
    spanId: id(8, n),
    parentSpanId: id(8, n + 1),
    name: `GET /api/v1/orders/{orderId}/items/${n % 7}`,
    kind: 2,
    startTimeUnixNano: 1_790_000_000_000_000_000 + n * 1_000_000,
    endTimeUnixNano: 1_790_000_000_500_000_000 + n * 1_000_000,
    attributes: [
      attribute("http.request.method", "GET"),
      attribute("url.path", `/api/v1/orders/${(n * 7919 + seed) % 100_000}/items`),
      attribute("http.route", "/api/v1/orders/{orderId}/items"),
      attribute("server.address", "orders.internal.example.com"),
      attribute("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
      attribute("client.address", `10.0.${n % 255}.${(n * 13 + seed) % 255}`),
      attribute("db.statement", `SELECT * FROM order_items WHERE order_id = ${(n * 104_729 + seed) % 1_000_000}`),
      { key: "http.response.status_code", value: { intValue: 200 } },
    ],
    status: { code: 1 },
    flags: 257,
  }));
  const resource = {
    attributes: [
      attribute("service.name", "orders"),
      attribute("service.instance.id", `instance-${seed}`),
      attribute("telemetry.sdk.name", "opentelemetry"),
      attribute("telemetry.sdk.language", "nodejs"),
    ],
  };
  const scope = { name: "@opentelemetry/instrumentation-http", version: "0.301.0" };
  const request = { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: items }] }] };
  return traces.encode(traces.fromObject(request)).finish();
}
