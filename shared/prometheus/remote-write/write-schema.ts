import { field, type Message, message, nested } from "../../wire/schema.ts";

const many = { repeated: true } as const;
const item = { repeated: true, cut: "item" } as const;
const milliseconds = { itemTime: "milliseconds" } as const;
const metricTypes = {
  UNKNOWN: 0,
  COUNTER: 1,
  GAUGE: 2,
  HISTOGRAM: 3,
  GAUGEHISTOGRAM: 4,
  SUMMARY: 5,
  INFO: 6,
  STATESET: 7,
};
const resetHints = { UNKNOWN: 0, YES: 1, NO: 2, GAUGE: 3 };

const label = message("Label", [field(1, "name", "string"), field(2, "value", "string")]);
const sample = message("Sample", [field(1, "value", "double"), field(2, "timestamp", "int64", milliseconds)]);
const exemplar = message("Exemplar", [
  nested(1, "labels", label, many),
  field(2, "value", "double"),
  field(3, "timestamp", "int64", milliseconds),
]);
const bucketSpan = message("BucketSpan", [field(1, "offset", "sint32"), field(2, "length", "uint32")]);
const count = { explicit: true, oneof: "count" } as const;
const zeroCount = { explicit: true, oneof: "zero_count" } as const;
const histogram = message("Histogram", [
  field(1, "count_int", "uint64", count),
  field(2, "count_float", "double", count),
  field(3, "sum", "double"),
  field(4, "schema", "sint32"),
  field(5, "zero_threshold", "double"),
  field(6, "zero_count_int", "uint64", zeroCount),
  field(7, "zero_count_float", "double", zeroCount),
  nested(8, "negative_spans", bucketSpan, many),
  field(9, "negative_deltas", "sint64", many),
  field(10, "negative_counts", "double", many),
  nested(11, "positive_spans", bucketSpan, many),
  field(12, "positive_deltas", "sint64", many),
  field(13, "positive_counts", "double", many),
  field(14, "reset_hint", "enum", { values: resetHints }),
  field(15, "timestamp", "int64", milliseconds),
  field(16, "custom_values", "double", many),
]);
const timeSeries = message("TimeSeries", [
  nested(1, "labels", label, many),
  nested(2, "samples", sample, item),
  nested(3, "exemplars", exemplar, item),
  nested(4, "histograms", histogram, item),
]);
const metricMetadata = message("MetricMetadata", [
  field(1, "type", "enum", { values: metricTypes }),
  field(2, "metric_family_name", "string"),
  field(4, "help", "string"),
  field(5, "unit", "string"),
]);

/** Remote write 1.0, `prometheus.WriteRequest` (prometheus/prometheus prompb/remote.proto): a group is a series. */
export const writeRequest: Message = message(
  "WriteRequest",
  [nested(1, "timeseries", timeSeries, { repeated: true, cut: "group" }), nested(3, "metadata", metricMetadata, item)],
  { itemNoun: "samples" },
);
