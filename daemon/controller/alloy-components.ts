import type { Stability } from "./component.ts";

/** The components that Grafana Alloy registers (commit 66ebea85), by stability; `community` ones need a flag of their own there. */
const registered: Readonly<Record<Stability | "community", readonly string[]>> = {
  "generally-available": [
    "beyla: ebpf",
    "database_observability: mysql postgres",
    "discovery: aws azure consul consulagent digitalocean dns docker dockerswarm ec2 eureka file gce hetzner http ionos kubelet kubernetes kuma lightsail linode marathon nerve nomad openstack ovhcloud process puppetdb relabel scaleway serverset triton uyuni",
    "faro: receiver",
    "local: file file_match",
    "loki: echo process relabel write",
    "loki.rules: kubernetes",
    "loki.source: api awsfirehose azure_event_hubs cloudflare docker file gcplog gelf heroku journal kafka kubernetes kubernetes_events podlogs syslog windowsevent",
    "mimir.rules: kubernetes",
    "otelcol.auth: basic bearer headers oauth2 sigv4",
    "otelcol.connector: host_info servicegraph spanlogs spanmetrics",
    "otelcol.exporter: kafka loadbalancing loki otlp otlphttp prometheus",
    "otelcol.extension: jaeger_remote_sampling",
    "otelcol.processor: attributes batch discovery filter groupbyattrs k8sattributes memory_limiter metric_start_time probabilistic_sampler resourcedetection span tail_sampling transform",
    "otelcol.receiver: file_stats influxdb jaeger kafka loki otlp prometheus solace zipkin",
    "prometheus: echo receive_http relabel remote_write scrape",
    "prometheus.exporter: apache azure blackbox cadvisor cloudwatch consul databricks dnsmasq elasticsearch gcp github kafka memcached mongodb mssql mysql oracledb postgres process redis self snmp snowflake squid statsd unix windows",
    "prometheus.operator: podmonitors probes servicemonitors",
    "pyroscope: ebpf receive_http relabel scrape write",
    "remote: http s3 vault",
    "remote.kubernetes: configmap secret",
  ],
  "public-preview": [
    "loki: secretfilter",
    "otelcol.auth: google",
    "otelcol.exporter: file syslog",
    "otelcol.processor: cumulativetodelta",
    "otelcol.receiver: filelog nginx splunkhec syslog",
    "otelcol.storage: file",
    "pyroscope: java",
  ],
  experimental: [
    "database_observability: sql_server",
    "loki: enrich",
    "mimir.alerts: kubernetes",
    "otelcol.connector: count signaltometrics",
    "otelcol.exporter: awss3 debug faro",
    "otelcol.processor: deltatocumulative interval redaction",
    "otelcol.receiver: awscloudwatch awsecscontainermetrics awss3 cloudflare datadog faro fluentforward tcplog vcenter",
    "prometheus: enrich",
    "prometheus.exporter: catchpoint static",
    "prometheus.operator: scrapeconfigs",
    "pyroscope: enrich",
  ],
  community: [
    "otelcol.exporter: datadog googlecloud googlecloudpubsub splunkhec",
    "otelcol.receiver: googlecloudpubsub",
  ],
};

/** What does the work of a component that Alloy has and Sluice has not. */
const instead: Readonly<Record<string, string>> = {
  "loki.source.journal": "read the files of a syslog daemon with loki.source.file, or send with an OpenTelemetry SDK",
  "otelcol.exporter.syslog": "use otelcol.exporter.otlphttp",
  "otelcol.processor.k8sattributes": "set resource attributes with OTEL_RESOURCE_ATTRIBUTES in the pods",
  "otelcol.receiver.filelog": "use loki.source.file",
  "prometheus.exporter.process": "use prometheus.exporter.unix, or run process-exporter and scrape it",
  "prometheus.exporter.windows": "run windows_exporter and scrape it",
};

/** Names that public files still have and that Alloy itself no longer knows, with what they are called now. */
const renamed: Readonly<Record<string, string>> = {
  "otelcol.exporter.logging": "otelcol.exporter.debug",
  "otelcol.processor.servicegraph": "otelcol.connector.servicegraph",
  "prometheus.exporter.agent": "prometheus.exporter.self",
};

const stabilityOf = new Map(
  Object.entries(registered).flatMap(([stability, lines]) =>
    lines.flatMap((line) => {
      const [space = "", names = ""] = line.split(": ");
      return names.split(" ").map((name) => [`${space}.${name}`, stability] as const);
    }),
  ),
);

/** Every component name of Grafana Alloy, with its stability. */
export const alloyComponents: ReadonlyMap<string, string> = stabilityOf;

/** Why a name that is none of ours cannot be used: what Alloy has under that name, and what to use instead. */
export function unknownComponent(name: string): string {
  const stability = alloyComponents.get(name);
  if (stability !== undefined) {
    const hint = Object.hasOwn(instead, name) ? `: ${instead[name]}` : "";
    return `component ${JSON.stringify(name)} exists in Grafana Alloy (${stability}) but is not supported here${hint}`;
  }
  const now = Object.hasOwn(renamed, name) ? `; it is called ${renamed[name]} now` : "";
  return `cannot find the definition of component name ${JSON.stringify(name)}${now}`;
}
