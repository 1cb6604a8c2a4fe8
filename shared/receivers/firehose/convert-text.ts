import type { LogRecord } from "../../aws-events/log-record.ts";
import { encodeLogRequest } from "../../aws-events/log-request.ts";
import { asObject, type UnknownObject } from "../../json-document.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import type { Converted, ConvertOptions } from "./converted.ts";
import { jsonDocuments } from "./json-documents.ts";

/** Makes log records of a record's text: the events of envelopes of CloudWatch Logs, the lines of everything else. */
export function convertText(text: string, options: ConvertOptions): Converted {
  if (/^\s*\{/.test(text) && text.includes('"messageType"')) {
    const documents = jsonDocuments(text);
    const isEnvelope = (document: UnknownObject) => typeof document["messageType"] === "string";
    if (documents?.every(isEnvelope)) return convertEnvelopes(documents, options);
  }
  const observed = { ms: options.observedMs };
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const records = lines.filter((line) => line !== "").map((body): LogRecord => ({ observed, body, attributes: [] }));
  return pieceOf([{ resource: resourceOf(options, options.origin.account), records }]);
}

function resourceOf({ origin, sourceArn, attributes }: ConvertOptions, account: string): readonly Attribute[] {
  const own: readonly Attribute[] = [
    { name: "cloud.provider", value: "aws" },
    ...(account === "" ? [] : [{ name: "cloud.account.id", value: account }]),
    ...(origin.region === "" ? [] : [{ name: "cloud.region", value: origin.region }]),
    ...(sourceArn === "" ? [] : [{ name: "aws.firehose.arn", value: sourceArn }]),
  ];
  return [...own, ...attributes.filter(({ name }) => !own.some((known) => known.name === name))];
}

/** Probes that ask whether anyone is there (`CONTROL_MESSAGE`) hold no data. */
function convertEnvelopes(envelopes: readonly UnknownObject[], options: ConvertOptions): Converted {
  return pieceOf(
    envelopes
      .filter(({ messageType }) => messageType === "DATA_MESSAGE")
      .map((envelope) => {
        const { owner, logGroup, logStream, logEvents } = envelope;
        const account = typeof owner === "string" ? owner : options.origin.account;
        const resource = [
          ...resourceOf(options, account),
          { name: "aws.log.group.names", value: [String(logGroup ?? "")] },
          { name: "aws.log.stream.names", value: [String(logStream ?? "")] },
        ];
        const events = Array.isArray(logEvents) ? logEvents : [];
        return { resource, records: events.flatMap((event) => recordOf(event, options.observedMs)) };
      }),
  );
}

function recordOf(event: unknown, observedMs: number): readonly LogRecord[] {
  const { timestamp, message } = asObject(event) ?? {};
  if (typeof message !== "string") return [];
  const time = typeof timestamp === "number" && Number.isInteger(timestamp) ? { ms: timestamp } : undefined;
  return [{ time, observed: { ms: observedMs }, body: message, attributes: [] }];
}

function pieceOf(origins: Parameters<typeof encodeLogRequest>[0]): Converted {
  const items = origins.reduce((sum, { records }) => sum + records.length, 0);
  if (items === 0) return { pieces: [], refused: [] };
  return { pieces: [{ signal: "logs", bytes: encodeLogRequest(origins), items }], refused: [] };
}
