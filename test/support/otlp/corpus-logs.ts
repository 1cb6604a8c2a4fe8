import { ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { JsonLogsSerializer, ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import { LoggerProvider, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { CorpusBodies, CorpusShape } from "./corpus.ts";
import { everyLogAttribute, idOf, mix, requestAttributes, resourceOf, timeOf } from "./corpus-values.ts";

/** Log records of a few services: texts, structured bodies, events, with and without a span around them. */
export function recordLogs(shape: CorpusShape): CorpusBodies {
  const records = [...corpusLogRecords(shape)];
  return {
    protobuf: ProtobufLogsSerializer.serializeRequest(records) ?? new Uint8Array(0),
    json: JsonLogsSerializer.serializeRequest(records) ?? new Uint8Array(0),
  };
}

/** The records themselves, for an exporter to send. */
export function corpusLogRecords(shape: CorpusShape): readonly ReadableLogRecord[] {
  return Array.from({ length: shape.resources }, (_, resource) => recordResource(resource, shape)).flat();
}

function recordResource(resource: number, shape: CorpusShape): ReadableLogRecord[] {
  const records: ReadableLogRecord[] = [];
  const provider = new LoggerProvider({
    resource: resourceOf(resource),
    processors: [{ onEmit: (record) => void records.push(record), async forceFlush() {}, async shutdown() {} }],
  });
  const loggers = [
    provider.getLogger("@shop/requests", "2.1.0", { schemaUrl: "https://opentelemetry.io/schemas/1.30.0" }),
    provider.getLogger("console"),
  ];
  const count = shape.items / shape.resources;
  for (let index = resource * count; index < (resource + 1) * count; index++) {
    const spanContext = { traceId: idOf(index, 16), spanId: idOf(index, 8), traceFlags: TraceFlags.SAMPLED };
    loggers[index % loggers.length]?.emit({
      timestamp: timeOf(index),
      observedTimestamp: timeOf(index, 5_000),
      severityNumber: 1 + (index % 24),
      severityText: ["INFO", "WARN", "ERROR"][index % 3] ?? "INFO",
      body: bodyOf(index),
      attributes: index % 64 === 0 ? { ...requestAttributes(index), ...everyLogAttribute } : requestAttributes(index),
      ...(index % 16 === 5 && { eventName: "order.placed" }),
      context: index % 3 === 0 ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContext),
    });
  }
  return records;
}

function bodyOf(index: number) {
  if (index % 7 === 3)
    return { message: "order placed", order: { id: mix(index), lines: [1, 2.5, "three"], paid: true } };
  return `request ${mix(index)} for user ${mix(index + 7) % 10_000} took ${index % 900} ms, answered from the replica`;
}
