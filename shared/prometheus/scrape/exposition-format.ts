import type { ScrapeProtocol } from "./scrape-config.ts";

/** How an exposition is written. */
export type ExpositionFormat = "text" | "openmetrics" | "protobuf";

/** The format of an answer, or why it has none; `warning` where the fallback was taken. */
export type NegotiatedFormat =
  | { readonly kind: "format"; readonly format: ExpositionFormat; readonly warning?: string }
  | { readonly kind: "failed"; readonly reason: string };

const mediaTypes: Readonly<Record<ScrapeProtocol, string>> = {
  "OpenMetricsText1.0.0": "application/openmetrics-text;version=1.0.0",
  "OpenMetricsText0.0.1": "application/openmetrics-text;version=0.0.1",
  "PrometheusText1.0.0": "text/plain;version=1.0.0",
  "PrometheusText0.0.4": "text/plain;version=0.0.4",
  PrometheusProto: "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
};

const formats: Readonly<Record<ScrapeProtocol, ExpositionFormat>> = {
  "OpenMetricsText1.0.0": "openmetrics",
  "OpenMetricsText0.0.1": "openmetrics",
  "PrometheusText1.0.0": "text",
  "PrometheusText0.0.4": "text",
  PrometheusProto: "protobuf",
};

/** The names of all protocols. */
export const scrapeProtocols = Object.keys(mediaTypes) as readonly ScrapeProtocol[];

/** The `Accept` header: each protocol a tenth less than the one before it, anything last. */
export function acceptHeader(protocols: readonly ScrapeProtocol[], escaping: string): string {
  let weight = scrapeProtocols.length + 1;
  const parts = protocols.map((protocol) => {
    const escapes = protocol.endsWith("1.0.0") ? `;escaping=${escaping}` : "";
    return `${mediaTypes[protocol]}${escapes};q=0.${weight--}`;
  });
  return [...parts, `*/*;q=0.${weight}`].join(",");
}

/** The format by the Content-Type of the answer; an unknown or blank one is the fallback's, where there is one. */
export function negotiateFormat(contentType: string, fallback: ScrapeProtocol | undefined): NegotiatedFormat {
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim());
  switch (type.toLowerCase()) {
    case "application/openmetrics-text":
      return { kind: "format", format: "openmetrics" };
    case "text/plain":
      return { kind: "format", format: "text" };
    case "application/vnd.google.protobuf":
      if (isDelimitedFamilies(parameters)) {
        return { kind: "format", format: "protobuf" };
      }
      break;
  }
  const what =
    contentType === ""
      ? "non-compliant scrape target sending blank Content-Type"
      : `received unsupported Content-Type ${JSON.stringify(contentType.slice(0, 200))}`;
  if (fallback === undefined) {
    return { kind: "failed", reason: `${what} and no fallback_scrape_protocol specified for target` };
  }
  return {
    kind: "format",
    format: formats[fallback],
    warning: `${what}, using fallback_scrape_protocol ${JSON.stringify(mediaTypes[fallback])}`,
  };
}

function isDelimitedFamilies(parameters: readonly string[]): boolean {
  const values = new Map(parameters.map((part) => part.split("=", 2) as [string, string]));
  return (
    (values.get("proto") ?? "io.prometheus.client.MetricFamily") === "io.prometheus.client.MetricFamily" &&
    (values.get("encoding") ?? "delimited") === "delimited"
  );
}
