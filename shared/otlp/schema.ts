import { type Field, type FieldOptions, field, type Message, message, nested } from "../wire/schema.ts";

function traceId(number: number): Field {
  return field(number, "trace_id", "bytes", { idLengths: [0, 16] });
}

function spanId(number: number, name = "span_id"): Field {
  return field(number, name, "bytes", { idLengths: [0, 8] });
}

const many = { repeated: true } as const;
const optional = { explicit: true } as const;
const itemTime = { itemTime: "nanoseconds" } as const;

// AnyValue, ArrayValue and KeyValueList refer to each other: the array is filled below.
const anyValueFields: Field[] = [];
const anyValue = message("AnyValue", anyValueFields);
const keyValue = message(
  "KeyValue",
  [field(1, "key", "string"), nested(2, "value", anyValue), field(3, "key_strindex", "int32")],
  { isPair: true },
);
const value = { explicit: true, oneof: "value" } as const;
anyValueFields.push(
  field(1, "string_value", "string", value),
  field(2, "bool_value", "bool", value),
  field(3, "int_value", "int64", value),
  field(4, "double_value", "double", value),
  nested(5, "array_value", message("ArrayValue", [nested(1, "values", anyValue, many)]), value),
  nested(6, "kvlist_value", message("KeyValueList", [nested(1, "values", keyValue, many)]), value),
  field(7, "bytes_value", "bytes", value),
  field(8, "string_value_strindex", "int32", value),
);

const entityRef = message("EntityRef", [
  field(1, "schema_url", "string"),
  field(2, "type", "string"),
  field(3, "id_keys", "string", many),
  field(4, "description_keys", "string", many),
]);
/** Who the items below it come from. */
export const resource = message("Resource", [
  nested(1, "attributes", keyValue, many),
  field(2, "dropped_attributes_count", "uint32"),
  nested(3, "entity_refs", entityRef, many),
]);
const instrumentationScope = message("InstrumentationScope", [
  field(1, "name", "string"),
  field(2, "version", "string"),
  nested(3, "attributes", keyValue, many),
  field(4, "dropped_attributes_count", "uint32"),
]);

const spanKinds = {
  SPAN_KIND_UNSPECIFIED: 0,
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
};
const statusCodes = { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 };
const spanEvent = message("Event", [
  field(1, "time_unix_nano", "fixed64"),
  field(2, "name", "string"),
  nested(3, "attributes", keyValue, many),
  field(4, "dropped_attributes_count", "uint32"),
]);
const spanLink = message("Link", [
  traceId(1),
  spanId(2),
  field(3, "trace_state", "string"),
  nested(4, "attributes", keyValue, many),
  field(5, "dropped_attributes_count", "uint32"),
  field(6, "flags", "fixed32"),
]);
const spanStatus = message("Status", [
  field(2, "message", "string"),
  field(3, "code", "enum", { values: statusCodes }),
]);
const span = message("Span", [
  traceId(1),
  spanId(2),
  field(3, "trace_state", "string"),
  spanId(4, "parent_span_id"),
  field(5, "name", "string"),
  field(6, "kind", "enum", { values: spanKinds }),
  field(7, "start_time_unix_nano", "fixed64", itemTime),
  field(8, "end_time_unix_nano", "fixed64"),
  nested(9, "attributes", keyValue, many),
  field(10, "dropped_attributes_count", "uint32"),
  nested(11, "events", spanEvent, many),
  field(12, "dropped_events_count", "uint32"),
  nested(13, "links", spanLink, many),
  field(14, "dropped_links_count", "uint32"),
  nested(15, "status", spanStatus),
  field(16, "flags", "fixed32"),
]);

const logRecord = message("LogRecord", [
  field(1, "time_unix_nano", "fixed64", itemTime),
  field(2, "severity_number", "enum", { values: severityNumbers() }),
  field(3, "severity_text", "string"),
  nested(5, "body", anyValue),
  nested(6, "attributes", keyValue, many),
  field(7, "dropped_attributes_count", "uint32"),
  field(8, "flags", "fixed32"),
  traceId(9),
  spanId(10),
  field(11, "observed_time_unix_nano", "fixed64", itemTime),
  field(12, "event_name", "string"),
]);

const number = { explicit: true, oneof: "value" } as const;
const exemplar = message("Exemplar", [
  field(2, "time_unix_nano", "fixed64"),
  field(3, "as_double", "double", { ...number, nanField: 3 }),
  spanId(4),
  traceId(5),
  field(6, "as_int", "sfixed64", { ...number, nanField: 3 }),
  nested(7, "filtered_attributes", keyValue, many),
]);
const numberDataPoint = message("NumberDataPoint", [
  field(2, "start_time_unix_nano", "fixed64"),
  field(3, "time_unix_nano", "fixed64", itemTime),
  field(4, "as_double", "double", { ...number, nanField: 4 }),
  nested(5, "exemplars", exemplar, many),
  field(6, "as_int", "sfixed64", { ...number, nanField: 4 }),
  nested(7, "attributes", keyValue, many),
  field(8, "flags", "uint32"),
]);
const histogramDataPoint = message("HistogramDataPoint", [
  field(2, "start_time_unix_nano", "fixed64"),
  field(3, "time_unix_nano", "fixed64", itemTime),
  field(4, "count", "fixed64"),
  field(5, "sum", "double", optional),
  field(6, "bucket_counts", "fixed64", many),
  field(7, "explicit_bounds", "double", many),
  nested(8, "exemplars", exemplar, many),
  nested(9, "attributes", keyValue, many),
  field(10, "flags", "uint32"),
  field(11, "min", "double", optional),
  field(12, "max", "double", optional),
]);
const buckets = message("Buckets", [field(1, "offset", "sint32"), field(2, "bucket_counts", "uint64", many)]);
const exponentialHistogramDataPoint = message("ExponentialHistogramDataPoint", [
  nested(1, "attributes", keyValue, many),
  field(2, "start_time_unix_nano", "fixed64"),
  field(3, "time_unix_nano", "fixed64", itemTime),
  field(4, "count", "fixed64"),
  field(5, "sum", "double", optional),
  field(6, "scale", "sint32"),
  field(7, "zero_count", "fixed64"),
  nested(8, "positive", buckets),
  nested(9, "negative", buckets),
  field(10, "flags", "uint32"),
  nested(11, "exemplars", exemplar, many),
  field(12, "min", "double", optional),
  field(13, "max", "double", optional),
  field(14, "zero_threshold", "double"),
]);
const valueAtQuantile = message("ValueAtQuantile", [
  field(1, "quantile", "double", { nanField: 1 }),
  field(2, "value", "double", { nanField: 2 }),
]);
const summaryDataPoint = message("SummaryDataPoint", [
  field(2, "start_time_unix_nano", "fixed64"),
  field(3, "time_unix_nano", "fixed64", itemTime),
  field(4, "count", "fixed64"),
  field(5, "sum", "double", { nanField: 5 }),
  nested(6, "quantile_values", valueAtQuantile, many),
  nested(7, "attributes", keyValue, many),
  field(8, "flags", "uint32"),
]);

const temporalities = {
  AGGREGATION_TEMPORALITY_UNSPECIFIED: 0,
  AGGREGATION_TEMPORALITY_DELTA: 1,
  AGGREGATION_TEMPORALITY_CUMULATIVE: 2,
};
const temporality = field(2, "aggregation_temporality", "enum", { values: temporalities });
const item = { repeated: true, cut: "item" } as const;
const group = { repeated: true, cut: "group" } as const;
const data = { explicit: true, oneof: "data", cut: "group" } as const;
const points = (type: Message): Field => nested(1, "data_points", type, item);
const metric = message("Metric", [
  field(1, "name", "string"),
  field(2, "description", "string"),
  field(3, "unit", "string"),
  nested(5, "gauge", message("Gauge", [points(numberDataPoint)]), data),
  nested(7, "sum", message("Sum", [points(numberDataPoint), temporality, field(3, "is_monotonic", "bool")]), data),
  nested(9, "histogram", message("Histogram", [points(histogramDataPoint), temporality]), data),
  nested(
    10,
    "exponential_histogram",
    message("ExponentialHistogram", [points(exponentialHistogramDataPoint), temporality]),
    data,
  ),
  nested(11, "summary", message("Summary", [points(summaryDataPoint)]), data),
  nested(12, "metadata", keyValue, many),
]);

/**
 * The root messages of the three signals, OTLP 1.x (opentelemetry-proto `collector/*` and `*.proto`), deprecated
 * field 1000 included. They share one shape: request → resource → scope → (metric →) item.
 */
export const exportTraceServiceRequest = request("Trace", span, {
  ...item,
  kind: "Spans",
  name: "spans",
  itemNoun: "spans",
});
export const exportMetricsServiceRequest = request("Metrics", metric, {
  ...group,
  kind: "Metrics",
  name: "metrics",
  itemNoun: "data points",
});
export const exportLogsServiceRequest = request("Logs", logRecord, {
  ...item,
  kind: "Logs",
  name: "log_records",
  itemNoun: "log records",
});

interface RequestOptions extends FieldOptions {
  readonly kind: string;
  readonly name: string;
  readonly itemNoun: string;
}

function request(service: string, type: Message, { kind, name, itemNoun, ...cut }: RequestOptions): Message {
  const suffix = kind.toLowerCase();
  const scope = message(`Scope${kind}`, [
    nested(1, "scope", instrumentationScope),
    nested(2, name, type, cut),
    field(3, "schema_url", "string"),
  ]);
  const ofResource = message(`Resource${kind}`, [
    nested(1, "resource", resource),
    nested(2, `scope_${suffix}`, scope, group),
    field(3, "schema_url", "string"),
    nested(1000, `deprecated_scope_${suffix}`, scope, { ...group, wireOnly: true }),
  ]);
  return message(`Export${service}ServiceRequest`, [nested(1, `resource_${suffix}`, ofResource, group)], { itemNoun });
}

function severityNumbers(): Record<string, number> {
  const numbers: Record<string, number> = { SEVERITY_NUMBER_UNSPECIFIED: 0 };
  for (const [index, level] of ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].entries()) {
    numbers[`SEVERITY_NUMBER_${level}`] = index * 4 + 1;
    for (let step = 2; step <= 4; step++) numbers[`SEVERITY_NUMBER_${level}${step}`] = index * 4 + step;
  }
  return numbers;
}
