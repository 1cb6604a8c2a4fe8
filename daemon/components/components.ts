import type { ComponentDefinition } from "../controller/component.ts";
import { dnsDiscovery } from "./discovery/dns.ts";
import { dockerDiscovery } from "./discovery/docker.ts";
import { fileDiscovery } from "./discovery/file.ts";
import { httpDiscovery } from "./discovery/http.ts";
import { kubernetesDiscovery } from "./discovery/kubernetes.ts";
import { relabel as discoveryRelabel } from "./discovery/relabel.ts";
import { fileMatch } from "./local/file-match.ts";
import { echo as lokiEcho } from "./loki/echo.ts";
import { process as lokiProcess } from "./loki/process.ts";
import { relabel as lokiRelabel } from "./loki/relabel.ts";
import { file as lokiSourceFile } from "./loki/source/file.ts";
import { echo as prometheusEcho } from "./prometheus/echo.ts";
import { cadvisorExporter } from "./prometheus/exporter/cadvisor.ts";
import { unixExporter } from "./prometheus/exporter/unix.ts";
import { relabel as prometheusRelabel } from "./prometheus/relabel.ts";
import { remoteWrite } from "./prometheus/remote-write.ts";
import { scrape } from "./prometheus/scrape.ts";

/** Every component that a configuration can use: a new one is a line here. */
const all: readonly ComponentDefinition[] = [
  dnsDiscovery,
  dockerDiscovery,
  fileDiscovery,
  httpDiscovery,
  kubernetesDiscovery,
  discoveryRelabel,
  fileMatch,
  lokiEcho,
  lokiProcess,
  lokiRelabel,
  lokiSourceFile,
  prometheusEcho,
  cadvisorExporter,
  unixExporter,
  prometheusRelabel,
  remoteWrite,
  scrape,
] as readonly ComponentDefinition[];

/** The components by their names. */
export const components: ReadonlyMap<string, ComponentDefinition> = new Map(all.map((each) => [each.name, each]));
