import { type Meter, ValueType } from "@opentelemetry/api";
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { AggregationType, MeterProvider, MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { CorpusBodies, CorpusShape } from "./corpus.ts";
import { corpusEpoch, idOf, mix, requestAttributes, resourceOf } from "./corpus-values.ts";
import { oracle } from "./oracle.ts";

const maxPointsPerMetric = 25;

/** Data points of all five kinds. The SDK writes neither summaries nor exemplars: a fifth of the points is by hand. */
export async function recordMetrics(shape: CorpusShape): Promise<CorpusBodies> {
  const protobuf: Uint8Array[] = [];
  const resourceMetrics: unknown[] = [];
  const count = shape.items / shape.resources;
  const byHand = Math.ceil(count / 5);
  for (let resource = 0; resource < shape.resources; resource++) {
    const recorded = await corpusResourceMetrics(resource, count - byHand);
    const written = writeResource(resource, byHand);
    const json = new TextDecoder().decode(JsonMetricsSerializer.serializeRequest(recorded));
    protobuf.push(ProtobufMetricsSerializer.serializeRequest(recorded) ?? new Uint8Array(0), encode(written));
    resourceMetrics.push(...JSON.parse(json).resourceMetrics, written);
  }
  return { protobuf: Buffer.concat(protobuf), json: Buffer.from(JSON.stringify({ resourceMetrics })) };
}

class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** What the SDK has recorded of one resource, for an exporter to send. */
export async function corpusResourceMetrics(resource: number, count: number): Promise<ResourceMetrics> {
  const reader = new OnDemandReader();
  const aggregation = { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 40 } } as const;
  const views = [{ instrumentName: "http.client.*", aggregation }];
  const provider = new MeterProvider({ resource: resourceOf(resource), readers: [reader], views });
  const meters = [provider.getMeter("@shop/http", "2.1.0", { schemaUrl: "urn:schema" }), provider.getMeter("runtime")];
  const points = Math.min(maxPointsPerMetric, Math.ceil(count / 4));
  for (let done = 0, metric = 0; done < count; done += points, metric++) {
    const meter = meters[(metric >> 2) % meters.length];
    if (meter) recordMetric(meter, metric, Math.min(points, count - done));
  }
  const { resourceMetrics } = await reader.collect();
  await provider.shutdown();
  return atFixedTimes(resourceMetrics);
}

function recordMetric(meter: Meter, metric: number, points: number): void {
  const record = createInstrument(meter, metric);
  for (let point = 0; point < points; point++) {
    const index = metric * maxPointsPerMetric + point;
    const attributes = { ...requestAttributes(index), point };
    for (let measurement = 0; measurement < 8; measurement++) record(mix(index + measurement) % 5000, attributes);
  }
}

type Measure = (value: number, attributes: Record<string, string | number>) => void;

function createInstrument(meter: Meter, metric: number): Measure {
  const options = { description: `Metric number ${metric} of the corpus`, unit: "ms" };
  if (metric % 4 === 0) {
    const counter = meter.createCounter(`http.server.requests.${metric}`, { ...options, valueType: ValueType.INT });
    return (value, attributes) => counter.add(value, attributes);
  }
  if (metric % 8 === 3) {
    const upDown = meter.createUpDownCounter(`queue.length.${metric}`, options);
    return (value, attributes) => upDown.add(value % 2 ? value : -value - 0.5, attributes);
  }
  if (metric % 4 === 3) {
    const gauge = meter.createGauge(`system.cpu.utilization.${metric}`, options);
    return (value, attributes) => gauge.record(value / 5000, attributes);
  }
  const name = metric % 4 === 1 ? "http.server.duration" : "http.client.duration";
  const histogram = meter.createHistogram(`${name}.${metric}`, options);
  return (value, attributes) => histogram.record(value / 3, attributes);
}

/** The SDK stamps points with the time of the run. */
function atFixedTimes(metrics: ResourceMetrics): ResourceMetrics {
  for (const { dataPoints } of metrics.scopeMetrics.flatMap((scope) => scope.metrics)) {
    for (const point of dataPoints) {
      Object.assign(point, { startTime: [corpusEpoch, 0], endTime: [corpusEpoch + 60, 123_456_789] });
    }
  }
  return metrics;
}

/** A resource in OTLP/JSON with `count` points: a gauge with exemplars, and a summary. */
function writeResource(resource: number, count: number): object {
  const times = { startTimeUnixNano: `${corpusEpoch}000000000`, timeUnixNano: `${corpusEpoch + 60}123456789` };
  const attributes = [{ key: "state", value: { stringValue: "used" } }];
  const exemplar = { timeUnixNano: times.timeUnixNano, traceId: idOf(resource, 16), spanId: idOf(resource, 8) };
  const exemplars = [
    { ...exemplar, asDouble: 0.5, filteredAttributes: attributes },
    { ...exemplar, asInt: "-9007199254740993" },
  ];
  const gauge = { dataPoints: [{ ...times, attributes, asInt: "0", exemplars, flags: 1 }] };
  const summaryPoints = Array.from({ length: count - 1 }, (_, index) => ({
    ...times,
    attributes: [{ key: "quantile.of", value: { stringValue: `/api/${index}` } }],
    count: `${mix(index)}`,
    sum: mix(index) / 7,
    quantileValues: [0, 0.5, 0.99, 1].map((quantile) => ({ quantile, value: quantile * index })),
  }));
  const metadata = [{ key: "prometheus.type", value: { stringValue: "summary" } }];
  const metrics = [
    { name: "memory.usage", description: "With exemplars", unit: "By", gauge },
    { name: "rpc.duration", unit: "s", metadata, summary: { dataPoints: summaryPoints } },
  ];
  return {
    resource: { attributes: [{ key: "service.name", value: { stringValue: `legacy-${resource}` } }] },
    scopeMetrics: [{ scope: { name: "scraped", version: "1" }, metrics, schemaUrl: "urn:scope" }],
    schemaUrl: "urn:resource",
  };
}

function encode(resourceMetrics: object): Uint8Array {
  const json = JSON.stringify({ resourceMetrics: [resourceMetrics] });
  const request = JSON.parse(json, (key, value) =>
    key === "traceId" || key === "spanId" ? Buffer.from(value, "hex").toString("base64") : value,
  );
  return oracle.metrics.encode(oracle.metrics.fromObject(request)).finish();
}
