import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { type ReadableSpan, type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { isFailing, pick, resourceOf, routes, services } from "./shop.ts";

interface Step {
  readonly service: number;
  readonly name: string;
  readonly kind: SpanKind;
  readonly lasts: number;
}

/** What an order does: service, span, and how long it takes in milliseconds. */
const steps: readonly [Step, ...Step[]] = [
  { service: 0, name: "POST /checkout", kind: SpanKind.SERVER, lasts: 180 },
  { service: 0, name: "POST", kind: SpanKind.CLIENT, lasts: 160 },
  { service: 1, name: "POST /orders", kind: SpanKind.SERVER, lasts: 150 },
  { service: 1, name: "INSERT orders", kind: SpanKind.CLIENT, lasts: 12 },
  { service: 2, name: "POST /payments", kind: SpanKind.SERVER, lasts: 90 },
];

/** `count` spans of orders in the demo shop, recorded by the SDK: a trace of five spans over three services each. */
export function demoSpans(count: number, now: number): readonly ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const collect: SpanProcessor = {
    onStart() {},
    onEnd: (span) => void spans.push(span),
    async forceFlush() {},
    async shutdown() {},
  };
  const tracers = services.map((service) =>
    new TracerProvider({ resource: resourceOf(service), spanProcessors: [collect] }).getTracer("demo", "1.4.2"),
  );
  let parent: Context = ROOT_CONTEXT;
  for (let index = 0; index < count; index++) {
    const step = pick(steps, index);
    const order = Math.floor(index / steps.length);
    const startTime = now - (count - index) * 20 + (index % steps.length) * 3;
    const started = step === steps[0] ? ROOT_CONTEXT : parent;
    const span = tracers[step.service]?.startSpan(step.name, { kind: step.kind, startTime }, started);
    if (!span) continue;
    describe(span, order, index);
    parent = trace.setSpan(ROOT_CONTEXT, span);
    span.end(startTime + step.lasts * (0.5 + Math.random()));
  }
  return spans;
}

function describe(span: Span, order: number, index: number): void {
  span.setAttributes({
    "order.id": `o-${1000 + order}`,
    "http.route": pick(routes, order),
    "http.response.status_code": isFailing(order) ? 502 : 200,
    "order.total": Math.round(Math.random() * 20_000) / 100,
    "order.items": (order % 5) + 1,
  });
  if (index % steps.length === 2) span.addEvent("order.placed", { "order.id": `o-${1000 + order}` });
  if (!isFailing(order) || index % steps.length !== 4) return;
  span.recordException(new Error("payment provider timed out after 80 ms"));
  span.setStatus({ code: SpanStatusCode.ERROR, message: "payment failed" });
}
