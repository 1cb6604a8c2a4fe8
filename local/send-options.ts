import { parseArgs } from "node:util";
import { errorText } from "../shared/error-text.ts";
import { type SignalName, signalNames } from "../shared/signal.ts";

/** What to send, how and where to. */
export interface SendOptions {
  readonly signals: readonly SignalName[];
  /** Items of each signal. */
  readonly count: number;
  readonly protocol: Protocol;
  readonly compression: "gzip" | "none";
  /** Base URL, without `/v1/…`. */
  readonly endpoint: string;
}

export type Protocol = (typeof protocols)[number];

const protocols = ["http/protobuf", "http/json", "grpc"] as const;
const compressions = ["gzip", "none"] as const;
const maxCount = 1_000_000;

export const help = `Sends demo telemetry of a small web shop through the real OpenTelemetry exporters.

Usage: npm run send -- [options]

  --signal traces|metrics|logs|all        what to send (all)
  --count N                               spans, data points or log records of each signal (10)
  --protocol http/protobuf|http/json|grpc transport and encoding of the requests (http/protobuf)
  --compression gzip|none                 content encoding of the requests (gzip)
  --endpoint URL                          base URL (OTEL_EXPORTER_OTLP_ENDPOINT, or port 4318, 4317 for grpc, of 127.0.0.1)
  --help                                  this text

Headers, such as a bearer token, come from OTEL_EXPORTER_OTLP_HEADERS. The exit code is 1 when anything was refused.
`;

export type ParsedOptions =
  | { readonly kind: "options"; readonly options: SendOptions }
  | { readonly kind: "help" }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

/** Reads the command line; all problems at once. */
export function parseSendOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedOptions {
  const read = readArguments(args);
  if (typeof read === "string") return { kind: "invalid", problems: [read] };
  if (read.help) return { kind: "help" };
  const { signal = "all", count = "10", protocol = "http/protobuf", compression = "gzip" } = read;
  const port = protocol === "grpc" ? 4317 : 4318;
  const { endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT || `http://127.0.0.1:${port}` } = read;
  const signals = signalNames.filter((name) => signal === "all" || signal === name);
  const knownProtocol = protocols.find((name) => name === protocol);
  const knownCompression = compressions.find((name) => name === compression);
  const url = /^https?:\/\//i.test(endpoint) && URL.canParse(endpoint);
  const items = /^\d{1,9}$/.test(count) ? Number(count) : 0;
  const problems = [
    signals.length === 0 && `--signal is "${signal}": it must be traces, metrics, logs or all.`,
    (items < 1 || items > maxCount) && `--count is "${count}": it must be a whole number from 1 to ${maxCount}.`,
    !knownProtocol && `--protocol is "${protocol}": it must be ${protocols.join(", ")}.`,
    !knownCompression && `--compression is "${compression}": it must be ${compressions.join(" or ")}.`,
    !url && `--endpoint is "${endpoint}": it must be a URL such as http://127.0.0.1:4318.`,
    url && /\/v1\/\w+\/*$/.test(endpoint) && `--endpoint is "${endpoint}": leave out /v1/…, the exporters add it.`,
  ].filter((problem) => typeof problem === "string");
  if (problems.length > 0 || !knownProtocol || !knownCompression) return { kind: "invalid", problems };
  const base = endpoint.replace(/\/+$/, "");
  const chosen = { protocol: knownProtocol, compression: knownCompression, endpoint: base };
  return { kind: "options", options: { signals, count: items, ...chosen } };
}

function readArguments(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = { signal: text, count: text, protocol: text, compression: text, endpoint: text };
  try {
    return parseArgs({ args: [...args], options: { ...options, help: { type: "boolean", short: "h" } } }).values;
  } catch (error) {
    return errorText(error);
  }
}
