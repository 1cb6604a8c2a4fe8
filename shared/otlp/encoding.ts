/** The two encodings of OTLP/HTTP bodies: an answer uses the one of its request (OTLP specification, "OTLP/HTTP"). */
export type Encoding = "protobuf" | "json";
