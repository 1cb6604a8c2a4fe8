import { ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { LoggerProvider, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { isFailing, pick, resourceOf, routes, services } from "./shop.ts";

/** `count` log records of the demo shop, recorded by the SDK, most of them inside a trace. */
export function demoLogs(count: number, now: number): readonly ReadableLogRecord[] {
  const records: ReadableLogRecord[] = [];
  const collect = {
    onEmit: (record: ReadableLogRecord) => void records.push(record),
    async forceFlush() {},
    async shutdown() {},
  };
  const loggers = services.map((service) =>
    new LoggerProvider({ resource: resourceOf(service), processors: [collect] }).getLogger("demo", "1.4.2"),
  );
  for (let index = 0; index < count; index++) {
    const order = `o-${1000 + index}`;
    const failing = isFailing(index);
    const traceId = hex(32);
    const spanContext = { traceId, spanId: hex(16), traceFlags: TraceFlags.SAMPLED };
    loggers[index % loggers.length]?.emit({
      timestamp: now - (count - index) * 20,
      severityNumber: failing ? 17 : 9,
      severityText: failing ? "ERROR" : "INFO",
      body: failing ? `payment of order ${order} failed: the provider timed out` : `order ${order} placed`,
      attributes: { "order.id": order, "http.route": pick(routes, index), attempt: (index % 3) + 1 },
      context: trace.setSpanContext(ROOT_CONTEXT, spanContext),
    });
  }
  return records;
}

function hex(digits: number): string {
  let text = "";
  while (text.length < digits) text += Math.floor(Math.random() * 16).toString(16);
  return text;
}
