import { type ArgumentsOf, attribute, block, required } from "../../../shared/alloy/arguments.ts";
import { list, map, target } from "../../../shared/alloy/composite-types.ts";
import { bool, number, uint } from "../../../shared/alloy/plain-types.ts";
import { duration, oneOf, size, string } from "../../../shared/alloy/text-types.ts";
import { scrapeProtocols } from "../../../shared/prometheus/scrape/exposition-format.ts";
import type { ScrapeProtocol } from "../../../shared/prometheus/scrape/scrape-config.ts";
import { sampleReceiver } from "../../controller/capsules.ts";
import { clusteringTable } from "../blocks/clustering.ts";
import { httpClientFields } from "../blocks/http-client.ts";

const protocol = oneOf(scrapeProtocols, (given) => `unknown scrape protocol ${JSON.stringify(given)}`);
const defaultProtocols: readonly ScrapeProtocol[] = [
  "OpenMetricsText1.0.0",
  "OpenMetricsText0.0.1",
  "PrometheusText1.0.0",
  "PrometheusText0.0.4",
];
const escapingSchemes = ["allow-utf-8", "underscores", "dots", "values"];
const experimental = "It is experimental in Grafana Alloy.";

/** The table of arguments of prometheus.scrape. */
export const scrapeFields = {
  targets: required(list(target), { help: "What is scraped." }),
  forward_to: required(list(sampleReceiver), { help: "Where samples go." }),
  job_name: attribute(string, { help: "The label `job` of targets without one; default: the component's id." }),
  honor_labels: attribute(bool, { help: "Whether a sample's label wins over its target's." }),
  honor_timestamps: attribute(bool, { default: true, help: "Whether times in the exposition count." }),
  track_timestamps_staleness: attribute(bool, { help: "Whether series with own times end like others." }),
  params: attribute(map(list(string)), { help: "Query parameters." }),
  scrape_interval: attribute(duration, { default: 60_000, help: "Time between two scrapes of a target." }),
  scrape_timeout: attribute(duration, { default: 10_000, help: "Longest time of one scrape." }),
  scrape_protocols: attribute(list(protocol), {
    default: defaultProtocols,
    help: "Formats that are asked for, the first one preferred.",
  }),
  scrape_fallback_protocol: attribute(protocol, {
    default: "PrometheusText0.0.4" as const,
    help: "The format of an answer whose Content-Type says nothing.",
  }),
  scrape_native_histograms: attribute(bool, {
    help: "Whether native histograms are taken: protobuf is then asked for first, or must be in scrape_protocols.",
  }),
  scrape_classic_histograms: attribute(bool, { help: "Whether a native histogram's buckets are kept as well." }),
  metrics_path: attribute(string, { default: "/metrics", help: "Path of the exposition." }),
  scheme: attribute(string, { default: "http", help: "`http` or `https`." }),
  body_size_limit: attribute(size, { help: "Longest exposition; 0: 256 MiB." }),
  sample_limit: attribute(uint, { help: "Most samples of a scrape after relabelling; 0: no limit." }),
  target_limit: attribute(uint, { help: "Most targets; 0: no limit." }),
  label_limit: attribute(uint, { help: "Most labels of a sample; 0: no limit." }),
  label_name_length_limit: attribute(uint, { help: "Longest name of a label in bytes; 0: no limit." }),
  label_value_length_limit: attribute(uint, { help: "Longest value of a label in bytes; 0: no limit." }),
  enable_compression: attribute(bool, { default: true, help: "Whether gzip is asked for." }),
  extra_metrics: attribute(bool, { help: "Whether the report has further series." }),
  metric_name_validation_scheme: attribute(
    oneOf(
      ["legacy", "utf8"],
      (given) => `invalid metric_name_validation_scheme ${JSON.stringify(given)}: must be either "utf8" or "legacy"`,
    ),
    { default: "legacy" as const, help: "Which names are valid." },
  ),
  metric_name_escaping_scheme: attribute(string, { help: "How targets are asked to escape names." }),
  native_histogram_bucket_limit: attribute(uint, {
    help: "Most buckets of a native histogram, which is made coarser to keep it; 0: no limit.",
  }),
  native_histogram_min_bucket_factor: attribute(number, {
    help: "Native histograms with narrower buckets are made coarser; 0: none are.",
  }),
  convert_classic_histograms_to_nhcb: attribute(bool, {
    help: "Whether classic histograms become native ones with custom buckets; scrape_classic_histograms keeps them as well.",
  }),
  enable_protobuf_negotiation: attribute(bool, { help: "Deprecated: the same as scrape_native_histograms." }),
  scrape_failure_log_file: attribute(string, { unsupported: "Failed scrapes are debug lines of the log." }),
  honor_metadata: attribute(bool, { unsupported: experimental }),
  enable_type_and_unit_labels: attribute(bool, { unsupported: experimental }),
  start_timestamp_zero_ingestion: attribute(bool, { unsupported: experimental }),
  clustering: block(clusteringTable, { help: "Shares the targets with the other members of the cluster." }),
  ...httpClientFields,
} as const;

/** The arguments of prometheus.scrape. */
export type ScrapeArgs = ArgumentsOf<typeof scrapeFields>;

/** Whether native histograms are scraped. */
export function scrapesNative(args: ScrapeArgs): boolean {
  return args.scrape_native_histograms || args.enable_protobuf_negotiation;
}

/** The formats that are asked for: protobuf first where native histograms are scraped and nothing else is said. */
export function protocolsOf(args: ScrapeArgs): readonly ScrapeProtocol[] {
  return scrapesNative(args) && isDefault(args) ? ["PrometheusProto", ...defaultProtocols] : args.scrape_protocols;
}

/** What is wrong with protocols and schemes of names, in Alloy's words. */
export function protocolProblem(args: ScrapeArgs): string | undefined {
  const { scrape_protocols: protocols, metric_name_escaping_scheme: escaping } = args;
  if (args.enable_protobuf_negotiation && !isDefault(args)) {
    return "both enable_protobuf_negotiation and scrape_protocols are set, only one can be set at a time";
  }
  if (scrapesNative(args) && !protocolsOf(args).includes("PrometheusProto")) {
    return "scrape_native_histograms is set to true, but PrometheusProto is not in scrape_protocols";
  }
  const repeated = protocols.find((each, i) => protocols.indexOf(each) !== i);
  if (repeated !== undefined) {
    return `duplicate scrape protocol ${JSON.stringify(repeated)}: make sure the scrape protocols provided are unique`;
  }
  if (escaping !== "" && !escapingSchemes.includes(escaping)) {
    return `invalid metric_name_escaping_scheme: ${JSON.stringify(escaping)}, supported values: [${escapingSchemes.join(" ")}]`;
  }
  return escaping === "allow-utf-8" && args.metric_name_validation_scheme !== "utf8"
    ? "metric_name_escaping_scheme cannot be set to 'allow-utf-8' while metric_name_validation_scheme is not set to 'utf8'"
    : undefined;
}

function isDefault({ scrape_protocols: given }: ScrapeArgs): boolean {
  return given.length === defaultProtocols.length && given.every((each, i) => each === defaultProtocols[i]);
}
