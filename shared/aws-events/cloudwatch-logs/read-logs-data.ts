import type { ReceivedRequest } from "../../batch/accept.ts";
import { type ConvertOptions, convertEnvelope } from "./convert.ts";
import { parseEnvelope } from "./envelope.ts";
import { openData } from "./open-data.ts";
import type { IsOwnGroup } from "./own-groups.ts";

export interface ReadLogsOptions extends ConvertOptions {
  /** Most bytes that the data may be once inflated. */
  readonly maxBytes: number;
  readonly isOwnGroup: IsOwnGroup;
}

/** What data of CloudWatch Logs comes to. */
export interface LogsData {
  readonly requests: readonly ReceivedRequest[];
  /** Messages by which CloudWatch tries whether it is heard. */
  readonly controlMessages: number;
  /** Events of the gateway's own groups, left out. */
  readonly ownEvents: number;
  /** See `Converted`. */
  readonly droppedPoints: number;
  /** What could not be read, a sentence for each; all else was. */
  readonly problems: readonly string[];
}

/**
 * Reads what a subscription of CloudWatch Logs sends, as it comes to a function (without base64) and in a record of Firehose: gzip of
 * one member or several, or plain. Never throws.
 */
export function readLogsData(bytes: Uint8Array, options: ReadLogsOptions): LogsData {
  const opened = openData(bytes, options.maxBytes);
  if (opened.kind === "invalid") return { ...noLogs, problems: [opened.reason] };
  return join(opened.documents.map((document) => readDocument(document, options)));
}

/** Of which nothing comes. */
export const noLogs: LogsData = { requests: [], controlMessages: 0, ownEvents: 0, droppedPoints: 0, problems: [] };

function readDocument(document: string, options: ReadLogsOptions): LogsData {
  const parsed = parseEnvelope(document);
  switch (parsed.kind) {
    case "invalid":
      return { ...noLogs, problems: [parsed.reason] };
    case "control":
      return { ...noLogs, controlMessages: 1 };
    case "data": {
      const { envelope } = parsed;
      if (options.isOwnGroup(envelope.logGroup)) return { ...noLogs, ownEvents: envelope.logEvents.length };
      return { ...noLogs, ...convertEnvelope(envelope, options) };
    }
  }
}

function join(parts: readonly LogsData[]): LogsData {
  return {
    requests: parts.flatMap(({ requests }) => requests),
    controlMessages: sum(parts.map((part) => part.controlMessages)),
    ownEvents: sum(parts.map((part) => part.ownEvents)),
    droppedPoints: sum(parts.map((part) => part.droppedPoints)),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
