import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { flushed, provider } from "./telemetry.mjs";

const tracer = provider.getTracer("shop");

export const handler = flushed(async (_event, context) => {
  const attributes = { "faas.invocation_id": context.awsRequestId, "faas.trigger": "http" };
  const span = tracer.startSpan("GET /orders", { kind: SpanKind.SERVER, attributes });
  try {
    return { statusCode: 200, body: JSON.stringify({ orders: [] }) };
  } catch (error) {
    span.recordException(error);
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
});
