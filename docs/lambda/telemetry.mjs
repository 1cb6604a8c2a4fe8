import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

/** Kept before the function's time is over, milliseconds: an answer that comes after it is none. */
const reservedMs = 200;

/** Reads OTEL_EXPORTER_OTLP_ENDPOINT and _HEADERS. The connection stays open from one invocation to the next. */
const exporter = new OTLPTraceExporter({ compression: "gzip", timeoutMillis: 2000 });

export const provider = new TracerProvider({
  resource: resourceFromAttributes({
    "service.name": process.env.OTEL_SERVICE_NAME ?? process.env.AWS_LAMBDA_FUNCTION_NAME ?? "unknown",
    "faas.name": process.env.AWS_LAMBDA_FUNCTION_NAME ?? "",
    "faas.version": process.env.AWS_LAMBDA_FUNCTION_VERSION ?? "",
    "faas.instance": process.env.AWS_LAMBDA_LOG_STREAM_NAME ?? "",
    "cloud.provider": "aws",
    "cloud.platform": "aws_lambda",
    "cloud.region": process.env.AWS_REGION ?? "",
  }),
  // One request an invocation, not one a span: the delay never comes, because the environment is frozen first.
  spanProcessors: [new BatchSpanProcessor({ exporter, maxExportBatchSize: 512 })],
});

/**
 * Wraps a handler: whatever becomes of it, its spans leave before Lambda freezes the environment, in at most `maxMs` and never beyond the
 * function's own time. What is not sent by then is sent with the next invocation of this environment, if there is one.
 */
export function flushed(handler, { maxMs = 1000 } = {}) {
  return async (event, context) => {
    try {
      return await handler(event, context);
    } finally {
      const left = (context?.getRemainingTimeInMillis?.() ?? maxMs + reservedMs) - reservedMs;
      await within(Math.max(0, Math.min(maxMs, left)), provider.forceFlush());
    }
  };
}

async function within(ms, work) {
  let timer;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  // A flush that fails is told by the SDK; it is no reason to fail the answer.
  await Promise.race([work.catch(() => {}), over]);
  clearTimeout(timer);
}
