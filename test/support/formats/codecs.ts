import protobuf from "protobufjs";

/** The messages as their documentation gives them, for a codec that is not ours. */
const writeProto = `
  syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; reserved 2; repeated MetricMetadata metadata = 3; }
  message MetricMetadata { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
  message BucketSpan { sint32 offset = 1; uint32 length = 2; }
  message Histogram {
    oneof count { uint64 count_int = 1; double count_float = 2; }
    double sum = 3; sint32 schema = 4; double zero_threshold = 5;
    oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
    repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9; repeated double negative_counts = 10;
    repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
    int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16;
  }
  message TimeSeries {
    repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3; repeated Histogram histograms = 4;
  }
`;
const pushProto = `
  syntax = "proto3";
  message PushRequest { repeated Stream streams = 1; string format = 2; }
  message Stream { string labels = 1; repeated Entry entries = 2; uint64 hash = 3; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message Pair { string name = 1; string value = 2; }
  message Entry { Timestamp timestamp = 1; string line = 2; repeated Pair structuredMetadata = 3; repeated Pair parsed = 4; }
`;

/** A second codec for the formats that are not OTLP; plain objects in `snake_case` or as the message has it. */
export const codecs = {
  "prometheus/write": codecOf(writeProto, "WriteRequest"),
  "loki/push": codecOf(pushProto, "PushRequest"),
};

function codecOf(proto: string, name: string) {
  const type = protobuf.parse(proto, { keepCase: true }).root.lookupType(name);
  return {
    encode: (object: object): Uint8Array => type.encode(type.fromObject(object)).finish(),
    decode: (bytes: Uint8Array): unknown => type.toObject(type.decode(bytes), { longs: String }),
  };
}
