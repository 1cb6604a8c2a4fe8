import fc from "fast-check";

const name = fc.stringMatching(/^[a-z_]{1,8}$/);
const text = fc.string({ maxLength: 20 });
const label = fc.record({ name, value: text });
const timestamp = fc.bigInt({ min: -(2n ** 50n), max: 2n ** 50n }).map(String);
const value = fc.double({ noNaN: true });
const deltas = fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String), { maxLength: 4 });
const histogram = fc.record({
  count_int: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  sum: value,
  schema: fc.integer({ min: -4, max: 8 }),
  positive_spans: fc.array(fc.record({ offset: fc.integer(), length: fc.nat() }), { maxLength: 3 }),
  positive_deltas: deltas,
  negative_counts: fc.array(value, { maxLength: 3 }),
  timestamp,
});
const series = fc.record({
  labels: fc.array(label, { maxLength: 4 }),
  samples: fc.array(fc.record({ value, timestamp }), { maxLength: 5 }),
  exemplars: fc.array(fc.record({ labels: fc.array(label, { maxLength: 2 }), value, timestamp }), { maxLength: 2 }),
  histograms: fc.array(histogram, { maxLength: 2 }),
});
const metadata = fc.record({ type: fc.nat(7), metric_family_name: name, help: text, unit: text });

/** Any `prometheus.WriteRequest`. */
export const writeRequests = fc.record({
  timeseries: fc.array(series, { maxLength: 6 }),
  metadata: fc.array(metadata, { maxLength: 2 }),
});
export type Written = typeof writeRequests extends fc.Arbitrary<infer Value> ? Value : never;

const entry = fc.record({
  timestamp: fc.record({ seconds: timestamp, nanos: fc.nat(999_999_999) }),
  line: text,
  structuredMetadata: fc.array(label, { maxLength: 2 }),
});
const stream = fc.record({ labels: text, entries: fc.array(entry, { maxLength: 6 }) });

/** Any `logproto.PushRequest`. */
export const pushRequests = fc.record({ streams: fc.array(stream, { maxLength: 5 }) });
export type Pushed = typeof pushRequests extends fc.Arbitrary<infer Value> ? Value : never;
