import { accessSettings } from "./access-settings.ts";
import { adminSettings } from "./admin-settings.ts";
import { problemOfDestination } from "./destination-settings.ts";
import { firehoseSettings } from "./firehose-settings.ts";
import { logsSettings } from "./logs-settings.ts";
import { objectSettings } from "./object-settings.ts";
import type { Setting } from "./setting.ts";
import { storageSettings } from "./storage-settings.ts";

/**
 * What a stage's parameters are kept below, one path for each role that reads them: `senders` and `firehose` are for those who receive,
 * `grafana-cloud`, `destinations` and `pipeline-secrets` for those who deliver, `pipeline` for both, `settings` for all.
 */
export const parameterPaths = [
  "settings",
  "senders",
  "firehose",
  "grafana-cloud",
  "destinations",
  "pipeline",
  "pipeline-secrets",
] as const;
/** One of `parameterPaths`. */
export type ParameterPath = (typeof parameterPaths)[number];

/** The one table of settings: key in `Config` → how it is written, found, checked and explained. */
export const settings = {
  endpoint: {
    type: "url",
    base: true,
    env: "GRAFANA_CLOUD_OTLP_ENDPOINT",
    ssm: "grafana-cloud/endpoint",
    help: "Base URL of the Grafana Cloud OTLP endpoint, such as https://otlp-gateway-prod-eu-west-2.grafana.net/otlp",
  },
  instanceId: {
    type: "string",
    env: "GRAFANA_CLOUD_INSTANCE_ID",
    ssm: "grafana-cloud/instance-id",
    // What Basic authentication can carry before its colon.
    pattern: {
      matches: /^[\x21-\x39\x3b-\x7e]*$/,
      must: "be the user name alone, without blanks, colons or foreign letters",
    },
    help: "Numeric instance (stack) ID: the user name of the Basic authentication",
  },
  apiKey: {
    type: "string",
    secret: true,
    token: true,
    env: "GRAFANA_CLOUD_API_KEY",
    ssm: "grafana-cloud/api-key",
    help: "Access-policy token with metrics:write, logs:write and traces:write",
  },
  host: { type: "string", env: "SLUICE_HOST", default: "127.0.0.1", help: "Address that the servers listen on" },
  httpPort: {
    type: "integer",
    env: "SLUICE_HTTP_PORT",
    default: "4318",
    min: 0,
    max: 65_535,
    help: "Port of OTLP/HTTP; 0 picks a free one",
  },
  grpcPort: {
    type: "integer",
    env: "SLUICE_GRPC_PORT",
    default: "4317",
    min: 0,
    max: 65_535,
    help: "Port of OTLP/gRPC; 0 picks a free one",
  },
  ...adminSettings,
  dataDir: {
    type: "string",
    env: "SLUICE_DATA_DIR",
    default: ".sluice",
    help: "Directory of the local stack's embedded queue",
  },
  stateDir: {
    type: "string",
    env: "SLUICE_STATE_DIR",
    help: "Directory of what the command line must remember of a replay; unset: $XDG_STATE_HOME/sluice, ~/.local/state/sluice",
  },
  stage: {
    type: "string",
    env: "SLUICE_STAGE",
    default: "dev",
    pattern: { matches: /^[A-Za-z0-9-]{1,64}$/, must: "be letters, digits and hyphens, at most 64" },
    help: "Stage: the middle of every SSM name",
  },
  parameterStore: {
    type: "boolean",
    env: "SLUICE_PARAMETER_STORE",
    help: "Read settings from SSM Parameter Store too, below /sluice/<stage>/; unset: if SLUICE_STAGE is set",
  },
  refreshInterval: {
    type: "duration",
    env: "SLUICE_REFRESH_INTERVAL",
    ssm: "settings/refresh-interval",
    default: "5m",
    min: 10_000,
    max: 86_400_000,
    help: "How often a running process reads the settings again; refused credentials make it look earlier",
  },
  maxRequestBytes: {
    type: "bytes",
    env: "SLUICE_MAX_REQUEST_BYTES",
    ssm: "settings/max-request-bytes",
    default: "64MiB",
    min: 1024,
    max: 1_073_741_824,
    help: "Most bytes of one request once decompressed; larger ones are answered 413",
  },
  maxExportBytes: {
    type: "bytes",
    env: "SLUICE_MAX_EXPORT_BYTES",
    ssm: "settings/max-export-bytes",
    default: "4MiB",
    min: 65_536,
    max: 14_680_064,
    help: "Most bytes, uncompressed, that batches are merged to for one export; Grafana Cloud refuses more than 15 MiB",
  },
  maxExportItems: {
    type: "integer",
    env: "SLUICE_MAX_EXPORT_ITEMS",
    ssm: "settings/max-export-items",
    default: "20000",
    min: 1,
    max: 1_000_000,
    help: "Most spans, data points or log records that batches are merged to for one export",
  },
  exportTimeout: {
    type: "duration",
    env: "SLUICE_EXPORT_TIMEOUT",
    ssm: "settings/export-timeout",
    default: "15s",
    min: 100,
    max: 300_000,
    help: "Most time of one export; a flush never starts one that its own time does not allow",
  },
  maxRetryDelay: {
    type: "duration",
    env: "SLUICE_MAX_RETRY_DELAY",
    ssm: "settings/max-retry-delay",
    default: "5m",
    min: 1000,
    max: 3_600_000,
    help: "Longest that a batch waits between two attempts, whatever the destination asks for",
  },
  ...accessSettings,
  selfTelemetryInterval: {
    type: "duration",
    env: "SLUICE_SELF_TELEMETRY_INTERVAL",
    ssm: "settings/self-telemetry-interval",
    default: "0",
    max: 3_600_000,
    help: "How often the daemon sends its own metrics to the destination, such as 1m; 0 is never",
  },
  destinations: {
    type: "list",
    entry: problemOfDestination,
    env: "SLUICE_DESTINATIONS",
    ssm: "settings/destinations",
    help: "Further destinations, each name or name=traces+logs; SLUICE_DESTINATION_<NAME>_… and destinations/<name>/… describe them",
  },
  ...logsSettings,
  ...storageSettings,
  ...objectSettings,
  ...firehoseSettings,
  queueUrl: { type: "url", env: "SLUICE_QUEUE_URL", help: "URL of the SQS queue" },
  deadLetterQueueUrl: {
    type: "url",
    env: "SLUICE_DEAD_LETTER_QUEUE_URL",
    help: "URL of the SQS dead-letter queue",
  },
  durableIn: {
    type: "choice",
    choices: ["destination", "queue"],
    env: "SLUICE_DURABLE_IN",
    default: "destination",
    help: "Where the daemon makes requests durable: destination means the queue as well, while the destination is down",
  },
  workers: {
    type: "integer",
    env: "SLUICE_WORKERS",
    default: "1",
    min: 1,
    max: 64,
    help: "Processes of the daemon that share its ports",
  },
  batchBytes: {
    type: "bytes",
    env: "SLUICE_BATCH_BYTES",
    ssm: "settings/batch-bytes",
    default: "4MiB",
    min: 1024,
    max: 14_680_064,
    help: "Bytes, uncompressed, at which the daemon stops gathering requests and makes them durable together",
  },
  batchItems: {
    type: "integer",
    env: "SLUICE_BATCH_ITEMS",
    ssm: "settings/batch-items",
    default: "8192",
    min: 1,
    max: 1_000_000,
    help: "Spans, data points or log records at which the daemon stops gathering requests",
  },
  batchDelay: {
    type: "duration",
    env: "SLUICE_BATCH_DELAY",
    ssm: "settings/batch-delay",
    default: "200ms",
    min: 0,
    max: 10_000,
    help: "Longest that a request waits for company while others of its signal are under way; with none it goes at once",
  },
  directTimeout: {
    type: "duration",
    env: "SLUICE_DIRECT_TIMEOUT",
    ssm: "settings/direct-timeout",
    default: "5s",
    min: 100,
    max: 60_000,
    help: "Longest that requests wait for the destination, all attempts together, before they are spilled to the queue",
  },
  maxInFlightBytes: {
    type: "bytes",
    env: "SLUICE_MAX_IN_FLIGHT_BYTES",
    min: 1_048_576,
    max: 1_099_511_627_776,
    help: "Most bytes of requests held at once by the daemon; unset: a share of the container's memory",
  },
  stopTimeout: {
    type: "duration",
    env: "SLUICE_STOP_TIMEOUT",
    default: "25s",
    min: 1000,
    max: 600_000,
    help: "Longest that the daemon takes to stop; less than the stopTimeout of its container",
  },
  tlsCertFile: {
    type: "string",
    env: "SLUICE_TLS_CERT_FILE",
    help: "PEM certificate, with its chain, for both OTLP ports of the daemon; unset: no TLS",
  },
  tlsKeyFile: { type: "string", env: "SLUICE_TLS_KEY_FILE", help: "PEM key of SLUICE_TLS_CERT_FILE" },
  tlsClientCaFile: {
    type: "string",
    env: "SLUICE_TLS_CLIENT_CA_FILE",
    help: "PEM certificates of the authorities whose clients are let in (mTLS); unset: any client",
  },
  pipeline: {
    type: "text",
    env: "SLUICE_PIPELINE",
    ssm: "pipeline/config",
    help: "The functions: text of a pipeline in Alloy's language, in place of the one destination; see functions-pipeline.md",
  },
  pipelineFile: {
    type: "string",
    env: "SLUICE_PIPELINE_FILE",
    help: "The functions: a file with the pipeline, where SLUICE_PIPELINE is not set; --param pipeline=FILE bundles one",
  },
  logLevel: {
    type: "choice",
    choices: ["debug", "info", "warn", "error"],
    env: "SLUICE_LOG_LEVEL",
    ssm: "settings/log-level",
    default: "info",
    help: "Least level of the log lines that are written",
  },
} as const satisfies Record<string, Setting>;

/** The key of a setting in the table. */
export type SettingKey = keyof typeof settings;

/** The keys of all settings. */
export const settingKeys = Object.keys(settings) as readonly SettingKey[];

/** What people call a parameter: its name without the path of a role, so `log-level`, and `grafana-cloud/api-key` as it is. */
export function parameterName(ssm: string): string {
  return ssm.replace(/^(settings|senders)\//, "");
}
