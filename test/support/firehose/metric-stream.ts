import { lengthSize, writeLength } from "../../../shared/wire/varint.ts";
import { decodeWithOracle, oracle } from "../otlp/oracle.ts";

/** What CloudWatch says of one metric for one minute. */
export interface StreamedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly startMs?: number;
  readonly count: number;
  readonly sum: number;
  readonly quantiles?: Readonly<Record<string, number>>;
}

const text = (value: string) => ({ stringValue: value });

/** A request as a metric stream writes it in the format OpenTelemetry 1.0, encoded by OpenTelemetry's own codec. */
export function streamedRequest(metrics: readonly StreamedMetric[], account = "123456789012"): Uint8Array {
  const codec = oracle.metrics;
  const message = {
    resourceMetrics: [
      {
        resource: {
          attributes: [
            { key: "cloud.provider", value: text("aws") },
            { key: "cloud.account.id", value: text(account) },
            { key: "cloud.region", value: text("us-east-1") },
          ],
        },
        scopeMetrics: [{ metrics: metrics.map(metricOf) }],
      },
    ],
  };
  return codec.encode(codec.fromObject(message)).finish();
}

function metricOf(metric: StreamedMetric): object {
  const { namespace, name, unit = "1", dimensions = {}, startMs = 1_709_294_400_000, count, sum } = metric;
  const values = Object.entries(dimensions).map(([key, value]) => ({ key, value: text(value) }));
  const point = {
    startTimeUnixNano: `${startMs}000000`,
    timeUnixNano: `${startMs + 60_000}000000`,
    count,
    sum,
    quantileValues: Object.entries(metric.quantiles ?? {}).map(([quantile, value]) => ({
      quantile: Number(quantile),
      value,
    })),
    attributes: [
      { key: "Namespace", value: text(namespace) },
      { key: "MetricName", value: text(name) },
      { key: "Dimensions", value: { kvlistValue: { values } } },
    ],
  };
  return { name: `amazonaws.com/${namespace}/${name}`, unit, summary: { dataPoints: [point] } };
}

/** Messages back to back, each behind its length: what a record of a metric stream holds. */
export function framed(requests: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    requests.map((request) => {
      const bytes = new Uint8Array(lengthSize(request.length) + request.length);
      bytes.set(request, writeLength(bytes, 0, request.length));
      return bytes;
    }),
  );
}

interface DecodedMetric {
  readonly name: string;
  readonly unit?: string;
  readonly gauge?: { readonly dataPoints: readonly DecodedPoint[] };
  readonly summary?: { readonly dataPoints: readonly DecodedPoint[] };
}

interface DecodedPoint {
  readonly attributes: readonly DecodedAttribute[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asDouble?: number;
}

interface DecodedAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface DecodedMetrics {
  readonly resourceMetrics: readonly {
    readonly resource?: { readonly attributes?: readonly DecodedAttribute[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly DecodedMetric[] }[];
  }[];
}

const textsOf = (attributes: readonly DecodedAttribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));

/** The attributes of each resource in a request. */
export function resourcesOf(bytes: Uint8Array): readonly Record<string, string | undefined>[] {
  const { resourceMetrics = [] } = decodeWithOracle(bytes, "metrics") as Partial<DecodedMetrics>;
  return resourceMetrics.map(({ resource }) => textsOf(resource?.attributes));
}

/** The metrics in a request, in order. */
export function metricsOf(bytes: Uint8Array): readonly DecodedMetric[] {
  const { resourceMetrics = [] } = decodeWithOracle(bytes, "metrics") as Partial<DecodedMetrics>;
  return resourceMetrics.flatMap(({ scopeMetrics = [] }) => scopeMetrics.flatMap(({ metrics = [] }) => metrics));
}

/** The gauges in a request: name, value, labels and times of every data point. */
export function gaugesOf(bytes: Uint8Array) {
  return metricsOf(bytes).flatMap(({ name, unit, gauge }) =>
    (gauge?.dataPoints ?? []).map(({ attributes, asDouble, startTimeUnixNano, timeUnixNano }) => ({
      name,
      unit: unit ?? "",
      value: asDouble ?? 0,
      labels: textsOf(attributes),
      period: [startTimeUnixNano, timeUnixNano],
    })),
  );
}
