import { createSource, type Source } from "../../shared/alloy/source.ts";
import { namedDestinations } from "../../shared/config/destination-settings.ts";
import { grafanaCloudName } from "../../shared/config/destinations.ts";
import type { Config } from "../../shared/config/resolve.ts";
import { type SignalName, signalNames } from "../../shared/signal.ts";

type Settings = Pick<
  Config,
  "host" | "grpcPort" | "httpPort" | "corsOrigins" | "tlsCertFile" | "tlsKeyFile" | "tlsClientCaFile" | "destinations"
>;

/**
 * The graph that the settings describe, in the language of `config.alloy`: a receiver with both ports, and every destination behind
 * it. Secrets are not in it: `sluice.*` components read them from the settings whenever they are needed.
 */
export function settingsGraph(settings: Settings, maxRequestBytes: number): Source {
  const { host, grpcPort, httpPort, corsOrigins = [] } = settings;
  const destinations = [
    { name: grafanaCloudName, signals: signalNames },
    ...namedDestinations(settings.destinations),
  ].map((each) => ({ ...each, label: each.name.replaceAll("-", "_") }));
  const inputs = (signal: SignalName) =>
    destinations
      .filter(({ signals }) => signals.includes(signal))
      .map(({ label }) => `sluice.destination.${label}.input`)
      .join(", ");
  const shared = ["auth = sluice.senders.default.handler", ...tlsOf(settings)];
  const lines = [
    'otelcol.receiver.otlp "default" {',
    "  grpc {",
    `    endpoint = ${text(placeText(host, grpcPort))}`,
    `    max_recv_msg_size = "${maxRequestBytes}B"`,
    ...shared.map((line) => `    ${line}`),
    "  }",
    "  http {",
    `    endpoint = ${text(placeText(host, httpPort))}`,
    `    max_request_body_size = "${maxRequestBytes}B"`,
    ...shared.map((line) => `    ${line}`),
    `    cors { allowed_origins = [${corsOrigins.map(text).join(", ")}] }`,
    "  }",
    "  output {",
    ...signalNames.map((signal) => `    ${signal} = [${inputs(signal)}]`),
    "  }",
    "}",
    'sluice.senders "default" { }',
    `sluice.telemetry "default" { to = [${inputs("metrics")}] }`,
    ...destinations.map(({ label, name }) => `sluice.destination "${label}" { name = ${text(name)} }`),
  ];
  return createSource("settings", lines.join("\n"));
}

function tlsOf({ tlsCertFile, tlsKeyFile, tlsClientCaFile }: Settings): readonly string[] {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return [];
  const clients = tlsClientCaFile === undefined ? [] : [`client_ca_file = ${text(tlsClientCaFile)}`];
  return ["tls {", `cert_file = ${text(tlsCertFile)}`, `key_file = ${text(tlsKeyFile)}`, ...clients, "}"];
}

function placeText(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** The escapes of JSON are escapes of the language. */
function text(value: string): string {
  return JSON.stringify(value);
}
