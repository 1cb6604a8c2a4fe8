import type { Random } from "../shared/clock.ts";
import pieces from "./json-pieces.json" with { type: "json" };

// Kinds of values of OTLP/JSON: of each some that are right, and some that are nearly so.
const { texts, wholes, doubles, bools, bytes, traceIds, spanIds, kinds, junk } = pieces;

type Make = (random: Random, depth: number) => string;

/** One of the list, nearly always one of the first `right` of it. */
const pick =
  (list: readonly string[], right = list.length): Make =>
  (random) =>
    list[Math.floor(random() * (random() < 0.985 ? right : list.length))] ?? "0";
const array =
  (make: Make): Make =>
  (random, depth) =>
    random() < 0.04
      ? pick(junk)(random, depth)
      : `[${Array.from({ length: Math.floor(random() * 3) }, () => (random() < 0.02 ? "null" : make(random, depth))).join(",")}]`;
const object =
  (fields: Readonly<Record<string, Make>>): Make =>
  (random, depth) => {
    if (random() < 0.03 || depth <= 0) return pick(junk)(random, depth);
    const members: string[] = [];
    for (const [name, make] of Object.entries(fields)) {
      if (random() < (depth > 9 ? 0.1 : 0.5)) continue;
      members.push(`"${spelled(random, name)}":${make(random, depth - 1)}`);
    }
    if (random() < 0.05)
      members.push(`"${pick(["other", "__proto__", "key", "x"])(random, 0)}":${pick(junk)(random, 0)}`);
    const blank = random() < 0.1 ? pick([" ", "\n", "\t", "\r\n"])(random, 0) : "";
    return `{${blank}${members.join(`${blank},${blank}`)}${random() < 0.005 ? "," : ""}}`;
  };

function spelled(random: Random, name: string): string {
  if (random() > 0.02) return name;
  return pick([
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    name.toUpperCase(),
    `${name} `,
    name.replace("a", "\\u0061"),
  ])(random, 0);
}

const string = pick(texts, 9);
const whole = pick(wholes, 4);
const double = pick(doubles, 8);
const anyValue: Make = (random, depth) =>
  depth <= 0
    ? "{}"
    : object({
        stringValue: string,
        boolValue: pick(bools, 2),
        intValue: whole,
        doubleValue: double,
        bytesValue: pick(bytes, 5),
        arrayValue: object({ values: array(anyValue) }),
        kvlistValue: object({ values: array(keyValue) }),
      })(random, Math.min(depth, 4));
const keyValue: Make = (random, depth) => object({ key: string, value: anyValue })(random, depth);
const attributes = { attributes: array(keyValue), droppedAttributesCount: whole };
const resource = object({
  ...attributes,
  entityRefs: array(object({ schemaUrl: string, type: string, idKeys: array(string), descriptionKeys: array(string) })),
});
const scope = object({ name: string, version: string, ...attributes });
const link = object({
  traceId: pick(traceIds, 4),
  spanId: pick(spanIds, 4),
  traceState: string,
  ...attributes,
  flags: whole,
});
const event = object({ timeUnixNano: whole, name: string, ...attributes });
const span = object({
  traceId: pick(traceIds, 4),
  spanId: pick(spanIds, 4),
  parentSpanId: pick(spanIds, 4),
  traceState: string,
  flags: whole,
  name: string,
  kind: pick(kinds, 4),
  startTimeUnixNano: whole,
  endTimeUnixNano: whole,
  ...attributes,
  events: array(event),
  droppedEventsCount: whole,
  links: array(link),
  droppedLinksCount: whole,
  status: object({ message: string, code: pick(kinds, 4) }),
});
const exemplar = object({
  filteredAttributes: array(keyValue),
  timeUnixNano: whole,
  asDouble: double,
  asInt: whole,
  spanId: pick(spanIds, 4),
  traceId: pick(traceIds, 4),
});
const point = {
  attributes: array(keyValue),
  startTimeUnixNano: whole,
  timeUnixNano: whole,
  flags: whole,
  exemplars: array(exemplar),
};
const numbers = array(object({ ...point, asDouble: double, asInt: whole }));
const temporality = pick(kinds, 4);
const buckets = object({ offset: whole, bucketCounts: array(whole) });
const metric = object({
  name: string,
  description: string,
  unit: string,
  metadata: array(keyValue),
  gauge: object({ dataPoints: numbers }),
  sum: object({ dataPoints: numbers, aggregationTemporality: temporality, isMonotonic: pick(bools, 2) }),
  histogram: object({
    dataPoints: array(
      object({
        ...point,
        count: whole,
        sum: double,
        bucketCounts: array(whole),
        explicitBounds: array(double),
        min: double,
        max: double,
      }),
    ),
    aggregationTemporality: temporality,
  }),
  exponentialHistogram: object({
    dataPoints: array(
      object({
        ...point,
        count: whole,
        sum: double,
        scale: whole,
        zeroCount: whole,
        positive: buckets,
        negative: buckets,
        min: double,
        max: double,
        zeroThreshold: double,
      }),
    ),
    aggregationTemporality: temporality,
  }),
  summary: object({
    dataPoints: array(
      object({
        ...point,
        count: whole,
        sum: double,
        quantileValues: array(object({ quantile: double, value: double })),
      }),
    ),
  }),
});
const record = object({
  timeUnixNano: whole,
  observedTimeUnixNano: whole,
  severityNumber: pick(kinds, 4),
  severityText: string,
  body: anyValue,
  ...attributes,
  flags: whole,
  traceId: pick(traceIds, 4),
  spanId: pick(spanIds, 4),
  eventName: string,
});
const requests = [
  object({
    resourceSpans: array(
      object({
        resource,
        scopeSpans: array(object({ scope, spans: array(span), schemaUrl: string })),
        schemaUrl: string,
      }),
    ),
  }),
  object({
    resourceMetrics: array(
      object({
        resource,
        scopeMetrics: array(object({ scope, metrics: array(metric), schemaUrl: string })),
        schemaUrl: string,
      }),
    ),
  }),
  object({
    resourceLogs: array(
      object({
        resource,
        scopeLogs: array(object({ scope, logRecords: array(record), schemaUrl: string })),
        schemaUrl: string,
      }),
    ),
  }),
];

/** A request by chance, one byte a character; nearly right as a rule. `signal`: 0 traces, 1 metrics, 2 logs. */
export function arbitraryJson(random: Random, signal: number): Uint8Array {
  return Buffer.from((requests[signal] ?? string)(random, 12), "latin1");
}
