import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { type ReadableSpan, type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { CorpusBodies, CorpusShape } from "./corpus.ts";
import { everyAttribute, idOf, requestAttributes, resourceOf, timeOf } from "./corpus-values.ts";

/** Spans of a few services, recorded by the SDK and written by its serializers. */
export function recordTraces(shape: CorpusShape): CorpusBodies {
  const spans = [...corpusSpans(shape)];
  return {
    protobuf: ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array(0),
    json: JsonTraceSerializer.serializeRequest(spans) ?? new Uint8Array(0),
  };
}

/** The spans themselves, for an exporter to send. */
export function corpusSpans(shape: CorpusShape): readonly ReadableSpan[] {
  return Array.from({ length: shape.resources }, (_, resource) => recordResource(resource, shape)).flat();
}

function recordResource(resource: number, shape: CorpusShape): ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const count = shape.items / shape.resources;
  let next = resource * count;
  const provider = new TracerProvider({
    resource: resourceOf(resource),
    spanProcessors: [collectInto(spans)],
    idGenerator: { generateTraceId: () => idOf(next >> 3, 16), generateSpanId: () => idOf(next, 8) },
    spanLimits: { attributeCountLimit: 200 },
  });
  const tracers = [
    provider.getTracer("@shop/http", "2.1.0", { schemaUrl: "https://opentelemetry.io/schemas/1.30.0" }),
    provider.getTracer("@shop/database"),
  ];
  let parent: Context = ROOT_CONTEXT;
  for (const end = next + count; next < end; next++) {
    const tracer = tracers[next % tracers.length] ?? provider.getTracer("");
    const span = tracer.startSpan(
      `${next % 2 ? "SELECT orders" : "GET /api/v1/users/{id}"}`,
      {
        kind: [SpanKind.SERVER, SpanKind.CLIENT, SpanKind.INTERNAL, SpanKind.PRODUCER][next % 4] ?? 0,
        startTime: timeOf(next),
      },
      next % 8 === 0 ? ROOT_CONTEXT : parent,
    );
    parent = trace.setSpan(ROOT_CONTEXT, span);
    fill(span, next);
    span.end(timeOf(next, 1_234_567));
  }
  return spans;
}

function collectInto(spans: ReadableSpan[]): SpanProcessor {
  return { onStart() {}, onEnd: (span) => spans.push(span), async forceFlush() {}, async shutdown() {} };
}

function fill(span: Span, index: number): void {
  span.setAttributes(requestAttributes(index));
  if (index % 64 === 0) span.setAttributes(everyAttribute);
  if (index % 4 === 0)
    span.addEvent("cache.miss", { "cache.key": `user:${index}`, "cache.size": index }, timeOf(index, 1));
  if (index % 17 === 0) {
    span.addEvent(
      "exception",
      { "exception.type": "TimeoutError", "exception.message": "no answer" },
      timeOf(index, 2),
    );
    span.setStatus({ code: SpanStatusCode.ERROR, message: "upstream timed out" });
  } else if (index % 5 === 0) span.setStatus({ code: SpanStatusCode.OK });
  if (index % 8 === 3) {
    const context = { traceId: idOf(index + 1, 16), spanId: idOf(index + 2, 8), traceFlags: TraceFlags.SAMPLED };
    span.addLink({ context, attributes: { "messaging.operation": "receive", attempt: index } });
  }
}
