import type { ComponentDefinition } from "../controller/component.ts";
import { dnsDiscovery } from "./discovery/dns.ts";
import { dockerDiscovery } from "./discovery/docker.ts";
import { ec2Discovery } from "./discovery/ec2.ts";
import { ecsDiscovery } from "./discovery/ecs.ts";
import { fileDiscovery } from "./discovery/file.ts";
import { httpDiscovery } from "./discovery/http.ts";
import { kubeletDiscovery } from "./discovery/kubelet.ts";
import { kubernetesDiscovery } from "./discovery/kubernetes.ts";
import { relabel as discoveryRelabel } from "./discovery/relabel.ts";
import { file as localFile } from "./local/file.ts";
import { fileMatch } from "./local/file-match.ts";
import { echo as lokiEcho } from "./loki/echo.ts";
import { process as lokiProcess } from "./loki/process.ts";
import { relabel as lokiRelabel } from "./loki/relabel.ts";
import { api as lokiSourceApi } from "./loki/source/api.ts";
import { awsFirehose as lokiSourceAwsFirehose } from "./loki/source/awsfirehose.ts";
import { docker as lokiSourceDocker } from "./loki/source/docker.ts";
import { file as lokiSourceFile } from "./loki/source/file.ts";
import { journal as lokiSourceJournal } from "./loki/source/journal.ts";
import { kubernetes as lokiSourceKubernetes } from "./loki/source/kubernetes.ts";
import { kubernetesEvents as lokiSourceKubernetesEvents } from "./loki/source/kubernetes-events.ts";
import { syslog as lokiSourceSyslog } from "./loki/source/syslog.ts";
import { write as lokiWrite } from "./loki/write.ts";
import { basic as authBasic } from "./otelcol/auth/basic.ts";
import { bearer as authBearer } from "./otelcol/auth/bearer.ts";
import { headers as authHeaders } from "./otelcol/auth/headers.ts";
import { oauth2 as authOauth2 } from "./otelcol/auth/oauth2.ts";
import { sigv4 as authSigv4 } from "./otelcol/auth/sigv4.ts";
import { debug as debugExporter } from "./otelcol/exporter/debug.ts";
import { lokiExporter } from "./otelcol/exporter/loki.ts";
import { otlp as otlpExporter } from "./otelcol/exporter/otlp.ts";
import { otlphttp } from "./otelcol/exporter/otlphttp.ts";
import { prometheus as otelcolExporterPrometheus } from "./otelcol/exporter/prometheus.ts";
import { attributes } from "./otelcol/processor/attributes.ts";
import { batch } from "./otelcol/processor/batch.ts";
import { filter } from "./otelcol/processor/filter.ts";
import { memoryLimiter } from "./otelcol/processor/memory-limiter.ts";
import { probabilisticSampler } from "./otelcol/processor/probabilistic-sampler.ts";
import { resourcedetection } from "./otelcol/processor/resourcedetection.ts";
import { transform } from "./otelcol/processor/transform.ts";
import { lokiReceiver } from "./otelcol/receiver/loki.ts";
import { otlp as otlpReceiver } from "./otelcol/receiver/otlp.ts";
import { prometheus as otelcolReceiverPrometheus } from "./otelcol/receiver/prometheus.ts";
import { echo as prometheusEcho } from "./prometheus/echo.ts";
import { cadvisorExporter } from "./prometheus/exporter/cadvisor.ts";
import { selfExporter } from "./prometheus/exporter/self.ts";
import { unixExporter } from "./prometheus/exporter/unix.ts";
import { receiveHttp } from "./prometheus/receive-http.ts";
import { relabel as prometheusRelabel } from "./prometheus/relabel.ts";
import { remoteWrite } from "./prometheus/remote-write.ts";
import { scrape } from "./prometheus/scrape.ts";
import { http as remoteHttp } from "./remote/http.ts";
import { remoteKubernetesConfigMap } from "./remote/kubernetes/configmap.ts";
import { remoteKubernetesSecret } from "./remote/kubernetes/secret.ts";
import { awsFirehoseReceiver } from "./sluice/receiver/awsfirehose.ts";

/** Every component that a configuration can use: a new one is a line here. */
const all: readonly ComponentDefinition[] = [
  dnsDiscovery,
  dockerDiscovery,
  ec2Discovery,
  ecsDiscovery,
  fileDiscovery,
  httpDiscovery,
  kubeletDiscovery,
  kubernetesDiscovery,
  discoveryRelabel,
  localFile,
  fileMatch,
  lokiEcho,
  lokiProcess,
  lokiRelabel,
  lokiSourceApi,
  lokiSourceAwsFirehose,
  lokiSourceDocker,
  lokiSourceFile,
  lokiSourceJournal,
  lokiSourceKubernetes,
  lokiSourceKubernetesEvents,
  lokiSourceSyslog,
  lokiWrite,
  authBasic,
  authBearer,
  authHeaders,
  authOauth2,
  authSigv4,
  debugExporter,
  lokiExporter,
  otlpExporter,
  otlphttp,
  attributes,
  batch,
  filter,
  memoryLimiter,
  probabilisticSampler,
  resourcedetection,
  transform,
  lokiReceiver,
  otlpReceiver,
  otelcolExporterPrometheus,
  otelcolReceiverPrometheus,
  prometheusEcho,
  cadvisorExporter,
  selfExporter,
  unixExporter,
  receiveHttp,
  prometheusRelabel,
  remoteWrite,
  scrape,
  remoteHttp,
  remoteKubernetesConfigMap,
  remoteKubernetesSecret,
  awsFirehoseReceiver,
] as readonly ComponentDefinition[];

/** The components by their names. */
export const components: ReadonlyMap<string, ComponentDefinition> = new Map(all.map((each) => [each.name, each]));
