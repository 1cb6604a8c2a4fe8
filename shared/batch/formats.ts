/** What a payload is: the protocol that its message belongs to, and which of its messages it is. */
export type FormatName = "otlp/traces" | "otlp/metrics" | "otlp/logs" | "prometheus/write" | "loki/push";
