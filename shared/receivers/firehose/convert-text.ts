import type { IsOwnGroup } from "../../aws-events/cloudwatch-logs/own-groups.ts";
import { readLogsData } from "../../aws-events/cloudwatch-logs/read-logs-data.ts";
import { recogniseMessage } from "../../aws-events/cloudwatch-logs/recognise-message.ts";
import { parseLine } from "../../aws-events/lines/json-fields.ts";
import { createVpcFlow } from "../../aws-events/lines/vpc-flow.ts";
import { recogniseWaf } from "../../aws-events/lines/waf.ts";
import type { LogRecord } from "../../aws-events/log-record.ts";
import { encodeLogRequest } from "../../aws-events/log-request.ts";
import { withResourceAttributes } from "../../aws-events/resource-attributes.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import { type Converted, type ConvertOptions, maxConvertedBytes } from "./converted.ts";

const recogniseFlow = createVpcFlow();

/** Makes log records of a record's text: the events of envelopes of CloudWatch Logs, the lines of everything else. */
export function convertText(
  bytes: Uint8Array,
  text: string,
  options: ConvertOptions & { readonly record: Uint8Array },
) {
  const isEnvelope = /^\s*\{/.test(text) && text.includes('"messageType"') && text.includes('"logEvents"');
  return isEnvelope ? convertEnvelopes(bytes, options) : convertLines(text, options);
}

/** The events of the gateway's own groups are left out: they would come back without end. Neither they nor probes are a problem. */
function convertEnvelopes(
  bytes: Uint8Array,
  options: ConvertOptions & { readonly record: Uint8Array; readonly isOwnGroup: IsOwnGroup },
): Converted {
  const { origin, observedMs, isOwnGroup, attributes, withMetrics, toGauges } = options;
  const { requests, problems } = readLogsData(bytes, {
    region: origin.region === "" ? undefined : origin.region,
    observedMs,
    withMetrics,
    toGauges,
    maxBytes: maxConvertedBytes,
    isOwnGroup,
  });
  const pieces = requests.map((request) => ({
    signal: request.format === "otlp/metrics" ? ("metrics" as const) : ("logs" as const),
    items: request.items,
    bytes: withResourceAttributes(request.bytes, attributes),
  }));
  const [problem] = problems;
  if (problem === undefined) return { pieces, refused: [] };
  const message = `A record of CloudWatch Logs cannot be read: ${problem}.`;
  return { pieces, refused: [{ reason: "envelope", message, bytes: options.record }] };
}

function convertLines(text: string, options: ConvertOptions): Converted {
  const observed = { ms: options.observedMs };
  const records = text
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => line !== "")
    .map((line): LogRecord => {
      const { body = line, attributes = [], ...known } = recognise(line) ?? {};
      return { ...known, observed, body, attributes };
    });
  if (records.length === 0) return { pieces: [], refused: [] };
  const bytes = encodeLogRequest([{ resource: resourceOf(options), records }]);
  const piece = {
    signal: "logs",
    bytes: withResourceAttributes(bytes, options.attributes),
    items: records.length,
  } as const;
  return { pieces: [piece], refused: [] };
}

/** Lines of a stream say nothing of where they come from: what producers send straight to Firehose is tried first. */
function recognise(line: string) {
  return recogniseWaf(line) ?? recogniseFlow(wrappedIn(line) ?? line) ?? recogniseMessage(line, "other");
}

/** Flow logs may come as `{"message":"2 123456789012 eni-…"}` (Amazon VPC, "Publish flow logs to Firehose"). */
function wrappedIn(line: string): string | undefined {
  if (!line.startsWith('{"message"')) return undefined;
  const message = parseLine(line)?.message;
  return typeof message === "string" ? message : undefined;
}

function resourceOf({ origin, sourceArn }: ConvertOptions): readonly Attribute[] {
  return [
    { name: "cloud.provider", value: "aws" },
    ...(origin.account === "" ? [] : [{ name: "cloud.account.id", value: origin.account }]),
    ...(origin.region === "" ? [] : [{ name: "cloud.region", value: origin.region }]),
    ...(sourceArn === "" ? [] : [{ name: "aws.firehose.arn", value: sourceArn }]),
  ];
}
