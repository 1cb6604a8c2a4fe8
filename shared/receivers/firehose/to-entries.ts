import { openData } from "../../aws-events/cloudwatch-logs/open-data.ts";
import { asObject, type UnknownObject } from "../../json-document.ts";
import type { Entry } from "../../loki/entry.ts";
import { isLabelName, labelSet } from "../../loki/labels.ts";
import type { CommonAttributes } from "./common-attributes.ts";
import { maxConvertedBytes } from "./converted.ts";
import type { Delivery, RefusedRecord } from "./delivery.ts";

export interface ToEntriesOptions {
  readonly nowMs: number;
  /** Whether entries have the time of the request, in whole seconds, in place of now. */
  readonly keepsTime: boolean;
}

type Labels = ReadonlyMap<string, string>;

/** A line with the labels that relabelling may use. */
interface Line {
  readonly labels: Labels;
  readonly line: string;
}

const labelPrefix = "lbl_";

/**
 * Makes log entries of a request as Alloy's `loki.source.awsfirehose` does: gzip is an envelope of CloudWatch Logs, an entry for each of
 * its events; any other record is one entry as it is. What the request says of itself are labels for relabelling. Never throws.
 */
export function entriesOfDelivery(
  delivery: Delivery,
  { nowMs, keepsTime }: ToEntriesOptions,
): { readonly entries: readonly Entry[]; readonly refused: readonly RefusedRecord[] } {
  const common = commonLabels(delivery);
  const refused: RefusedRecord[] = [];
  const lines = delivery.records.flatMap((record): readonly Line[] => {
    if (record[0] !== 0x1f || record[1] !== 0x8b) return [{ labels: common, line: new TextDecoder().decode(record) }];
    const events = readEnvelopes(record, common);
    if (typeof events !== "string") return events;
    refused.push({
      reason: "envelope",
      message: `A record begins as gzip does and cannot be read: ${events}.`,
      bytes: record,
    });
    return [];
  });
  const ms = keepsTime ? Math.floor((delivery.timestamp ?? nowMs) / 1000) * 1000 : Math.floor(nowMs);
  const time = BigInt(ms) * 1_000_000n;
  const sets = new Map<Labels, Entry["labels"]>();
  // Equal lines of one time would be one to Loki.
  const entries = lines.map(({ labels, line }, index): Entry => {
    const set = sets.get(labels) ?? labelSet(labels);
    sets.set(labels, set);
    return { labels: set, timeUnixNano: time + BigInt(index), line, metadata: [] };
  });
  return { entries, refused };
}

function commonLabels({ requestId, sourceArn, attributes, headers }: Delivery): Labels {
  const tenant = headers["x-scope-orgid"] ?? "";
  return new Map([
    ["__aws_firehose_request_id", requestId],
    ["__aws_firehose_source_arn", sourceArn],
    ...(tenant === "" ? [] : [["__tenant_id__", tenant] as const]),
    ...staticLabels(attributes),
  ]);
}

/** Common attributes whose names begin with `lbl_`; what is not a label's name is made one where that is possible. */
function staticLabels(attributes: CommonAttributes): readonly (readonly [string, string])[] {
  return [...attributes].flatMap(([name, value]) => {
    if (!name.startsWith(labelPrefix)) return [];
    const raw = name.slice(labelPrefix.length);
    const label = isLabelName(raw) ? raw : snakeCase(raw);
    return isLabelName(label) ? [[label, value] as const] : [];
  });
}

function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^a-zA-Z0-9_]/g, "_")
    .toLowerCase();
}

/** The events of the envelopes in a record, or the end of a sentence that says what is wrong with it. */
function readEnvelopes(record: Uint8Array, common: Labels): readonly Line[] | string {
  const opened = openData(record, maxConvertedBytes);
  if (opened.kind === "invalid") return opened.reason;
  const envelopes = opened.documents.map(parse);
  if (envelopes.includes(undefined)) return "it does not hold an envelope of CloudWatch Logs";
  return envelopes.flatMap((envelope) => linesOf(envelope ?? {}, common));
}

function linesOf(envelope: UnknownObject, common: Labels): readonly Line[] {
  const { owner, logGroup, logStream, subscriptionFilters: filters, messageType, logEvents: events } = envelope;
  const labels = new Map([
    ...common,
    ["__aws_owner", textOf(owner)],
    ["__aws_cw_log_group", textOf(logGroup)],
    ["__aws_cw_log_stream", textOf(logStream)],
    ["__aws_cw_matched_filters", Array.isArray(filters) ? filters.map(textOf).join(",") : ""],
    ["__aws_cw_msg_type", textOf(messageType)],
  ]);
  return (Array.isArray(events) ? events : []).flatMap((event) => {
    const message = asObject(event)?.message;
    return typeof message === "string" ? [{ labels, line: message }] : [];
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parse(document: string): UnknownObject | undefined {
  try {
    return asObject(JSON.parse(document));
  } catch {
    return undefined;
  }
}
