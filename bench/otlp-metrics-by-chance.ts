import type { Random } from "../shared/clock.ts";

type Json = Readonly<Record<string, unknown>>;

const keys = ["a", "b.c", "1x", "d__e", "e", "a-b", "A"];
const texts = ["", "x", "é", "a b", '"', "\n"];
const doubles = [0, 1, -1, 0.5, 1.5, 1e21, 1e-7, 123456789, "NaN", "Infinity", "-Infinity", 0.1, 5e-324];
const bounds = [[], [1], [0, 1, 5], [-1, 0, 1], [0.1, 0.25, 1e6], [1e21, 1e22], [0.5, 100]];

/** A resource with metrics of every kind by chance, each of a name of its own, as OTLP/JSON. */
export function metricsByChance(random: Random): Json {
  const below = (count: number): number => Math.floor(random() * count);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const some = (most: number, make: () => unknown): unknown[] => Array.from({ length: below(most + 1) }, make);
  const value = (depth: number): Json =>
    one<() => Json>([
      () => ({ stringValue: one(texts) }),
      () => ({ intValue: String(one([0, 5, -5, "9223372036854775807"])) }),
      () => ({ doubleValue: one(doubles) }),
      () => ({ boolValue: random() < 0.5 }),
      () => ({ bytesValue: one(["", "YQ==", "/+8="]) }),
      () => (depth > 2 ? {} : { arrayValue: { values: some(3, () => value(depth + 1)) } }),
      () =>
        depth > 2
          ? {}
          : {
              kvlistValue: {
                values: ["b", "a", "é<"].slice(below(4)).map((key) => ({ key, value: value(depth + 1) })),
              },
            },
    ])();
  const attributes = () => {
    const start = below(keys.length);
    return keys.slice(start, start + below(4)).map((key) => ({ key, value: value(0) }));
  };
  const exemplar = () => ({
    timeUnixNano: "1700000000500000000",
    ...(random() < 0.8 ? { asDouble: one([0.5, 1.5, -2, 7]) } : { asInt: one(["1", "3"]) }),
    ...(random() < 0.5 && { traceId: "0102030405060708090a0b0c0d0e0f10", spanId: "0102030405060708" }),
  });
  const point = (number: number) => ({
    attributes: [...attributes(), { key: "point", value: { intValue: String(number) } }],
    startTimeUnixNano: "1699999000000000000",
    timeUnixNano: one(["1700000000000000000", "1700000000000999999", "0", "1"]),
    ...(random() < 0.1 && { flags: 1 }),
  });
  const counts = (length: number) => Array.from({ length }, () => String(random() < 0.5 ? 0 : 1 + below(9)));
  const buckets = () => ({ offset: one([0, 1, -1, -3, 5, -17, 40]), bucketCounts: counts(below(12)) });
  const points = (own: () => Json): Json[] =>
    Array.from({ length: 1 + below(2) }, (_, number) => ({ ...point(number), ...own() }));
  const number = () =>
    random() < 0.5 ? { asDouble: one(doubles) } : { asInt: one(["0", "7", "-7", "9007199254740993"]) };
  const temporality = () => ({ aggregationTemporality: random() < 0.9 ? 2 : below(3) });
  const makers: readonly (() => Json)[] = [
    () => ({ gauge: { dataPoints: points(number) } }),
    () => ({
      sum: {
        dataPoints: points(() => ({ ...number(), exemplars: some(2, exemplar) })),
        isMonotonic: random() < 0.7,
        ...temporality(),
      },
    }),
    () => ({
      histogram: {
        dataPoints: points(() => {
          const explicitBounds = one(bounds);
          return {
            explicitBounds,
            bucketCounts: counts(explicitBounds.length + 1),
            count: String(below(50)),
            ...(random() < 0.8 && { sum: one(doubles) }),
            exemplars: some(3, exemplar),
          };
        }),
        ...temporality(),
      },
    }),
    () => ({
      exponentialHistogram: {
        dataPoints: points(() => ({
          scale: one([0, 1, 8, -1, -4, -5]),
          zeroCount: String(below(3)),
          count: String(below(50)),
          positive: buckets(),
          ...(random() < 0.4 && { negative: buckets() }),
          sum: one(doubles),
        })),
        ...temporality(),
      },
    }),
    () => ({
      summary: {
        dataPoints: points(() => ({
          count: String(below(9)),
          sum: one(doubles),
          quantileValues: [0, 0.5, 0.99, 1].slice(below(4)).map((quantile) => ({ quantile, value: one(doubles) })),
        })),
      },
    }),
  ];
  const metrics = Array.from({ length: 1 + below(3) }, (_, index) => ({ name: `m${index}`, ...one(makers)() }));
  const resource = {
    attributes: [
      ...(random() < 0.7 ? [{ key: "service.name", value: { stringValue: "shop" } }] : []),
      ...(random() < 0.3 ? [{ key: "service.namespace", value: { stringValue: one(["ns", ""]) } }] : []),
      ...(random() < 0.3 ? [{ key: "service.instance.id", value: value(0) }] : []),
    ],
  };
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: "lib" }, metrics }] }] };
}
