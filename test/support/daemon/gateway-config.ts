/** What may differ in a gateway: its port for HTTP, whether it has gRPC, the batch processor's timeout. */
export interface GatewayConfigOptions {
  readonly httpPort?: number;
  readonly grpc?: boolean;
  readonly timeout?: string;
}

/** What people run beside ECS tasks: OTLP in, batch, OTLP/HTTP out with Basic credentials from the environment. */
export function gatewayConfig({ httpPort = 0, grpc = true, timeout }: GatewayConfigOptions = {}): string {
  return `
logging {
  level  = "info"
  format = "logfmt"
}

otelcol.receiver.otlp "default" {
  ${grpc ? 'grpc { endpoint = "127.0.0.1:0" }' : ""}
  http { endpoint = "127.0.0.1:${httpPort}" }
  output {
    metrics = [otelcol.processor.batch.default.input]
    logs    = [otelcol.processor.batch.default.input]
    traces  = [otelcol.processor.batch.default.input]
  }
}

otelcol.processor.batch "default" {
  ${timeout === undefined ? "" : `timeout = "${timeout}"`}
  output {
    metrics = [otelcol.exporter.otlphttp.grafana_cloud.input]
    logs    = [otelcol.exporter.otlphttp.grafana_cloud.input]
    traces  = [otelcol.exporter.otlphttp.grafana_cloud.input]
  }
}

otelcol.auth.basic "grafana_cloud" {
  username = env("GRAFANA_CLOUD_INSTANCE_ID")
  password = env("GRAFANA_CLOUD_API_KEY")
}

otelcol.exporter.otlphttp "grafana_cloud" {
  client {
    endpoint = env("GRAFANA_CLOUD_OTLP_ENDPOINT")
    auth     = otelcol.auth.basic.grafana_cloud.handler
  }
}
`;
}
