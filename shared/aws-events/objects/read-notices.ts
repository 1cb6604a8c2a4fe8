import { asInteger, asObject, isObject, type UnknownObject } from "../../json-document.ts";
import { readContinuation, unreadableMessage } from "./continuation.ts";
import { decodeKey } from "./decode-key.ts";
import type { ObjectNotice } from "./notice.ts";
import { skipReasonOf } from "./object-kind.ts";

/** Why nothing is read for a notice. */
export type SkipReason = "test-event" | "other-event" | "folder" | "empty" | "digest" | "test-file" | "malformed";

/** What one queue message tells. `skipped` has one reason for each notice that asks for nothing. */
export type Notices =
  | { readonly kind: "notices"; readonly notices: readonly ObjectNotice[]; readonly skipped: readonly SkipReason[] }
  | { readonly kind: "unreadable"; readonly reason: string };

type ReadNotice = ObjectNotice | SkipReason;

/**
 * Reads the body of an SQS message: a notice of S3, one that went through SNS, an event of EventBridge, or the rest of an object that
 * an earlier invocation began (`continuation.ts`). Never throws.
 */
export function readNotices(body: string): Notices {
  const document = parse(body);
  if (document === undefined) return { kind: "unreadable", reason: "the message is not a JSON object" };
  const message = unreadableMessage(document);
  // Once: a dead letter never holds another one.
  if (message !== undefined && !message.includes('"continuation"')) return readNotices(message);
  const continued = readContinuation(document);
  if (continued) return { kind: "notices", notices: [continued], skipped: [] };
  if (document.Type === "Notification" && typeof document.Message === "string") return unwrap(document.Message);
  if (document.Event === "s3:TestEvent") return sorted(["test-event"]);
  if (document.source === "aws.s3") return sorted([fromEventBridge(document)]);
  const records = document.Records;
  if (Array.isArray(records)) return fromRecords(records);
  return { kind: "unreadable", reason: "the message is not a notice of S3: it has no Records" };
}

/** What SNS carries; a notification inside a notification is nobody's. */
function unwrap(message: string): Notices {
  const document = parse(message);
  if (document?.Type === "Notification") return { kind: "unreadable", reason: "the message of SNS holds another one" };
  return readNotices(message);
}

function fromRecords(records: readonly unknown[]): Notices {
  const read = records.map(fromRecord);
  const unknownVersion = read.find((notice): notice is Unsupported => isObject(notice) && "unsupported" in notice);
  if (unknownVersion) {
    return {
      kind: "unreadable",
      reason: `version ${unknownVersion.unsupported} of S3's notices is not supported, only 2.x`,
    };
  }
  if (read.length > 0 && read.every((notice) => notice === "malformed")) {
    return { kind: "unreadable", reason: "no record of the notice names a bucket and an object" };
  }
  return sorted(read as readonly ReadNotice[]);
}

interface Unsupported {
  readonly unsupported: string;
}

function fromRecord(record: unknown): ReadNotice | Unsupported {
  const { eventVersion, eventName, eventTime, awsRegion, s3 } = asObject(record) ?? {};
  if (typeof eventVersion === "string" && !eventVersion.startsWith("2.")) {
    return { unsupported: eventVersion.slice(0, 20) };
  }
  if (typeof eventName !== "string") return "malformed";
  if (!/^(s3:)?ObjectCreated:/.test(eventName)) return "other-event";
  const bucket = asObject(asObject(s3)?.bucket)?.name;
  const { key, versionId, ...object } = asObject(asObject(s3)?.object) ?? {};
  if (typeof key !== "string") return "malformed";
  return check({
    bucket,
    key: decodeKey(key),
    region: awsRegion,
    versionId,
    etag: object.eTag,
    time: eventTime,
    object,
  });
}

/** The keys of EventBridge's events are not encoded (Amazon S3 user guide, "EventBridge event message structure"). */
function fromEventBridge(event: UnknownObject): ReadNotice {
  if (event["detail-type"] !== "Object Created") return "other-event";
  const detail = asObject(event.detail);
  const bucket = asObject(detail?.bucket)?.name;
  const object = asObject(detail?.object) ?? {};
  const { region, time } = event;
  return check({
    bucket,
    key: object.key,
    region,
    versionId: object["version-id"],
    etag: object.etag,
    time,
    object,
  });
}

interface Told {
  readonly bucket: unknown;
  readonly key: unknown;
  readonly region: unknown;
  readonly versionId: unknown;
  readonly etag: unknown;
  readonly time: unknown;
  readonly object: UnknownObject;
}

function check({ bucket, key, region, versionId, etag, time, object }: Told): ReadNotice {
  if (!isName(bucket) || !isName(key) || !isName(region)) return "malformed";
  const size = asInteger(object.size);
  if (key.endsWith("/")) return "folder";
  if (size === 0) return "empty";
  const skipped = skipReasonOf(key);
  if (skipped) return skipped;
  const writtenAt = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return {
    bucket,
    key,
    region,
    // "null" is what S3 calls an object from before the bucket kept versions.
    ...(isName(versionId) && versionId !== "null" && { versionId }),
    ...(isName(etag) && { etag }),
    ...(size !== undefined && size > 0 && { size }),
    ...(isName(object.sequencer) && { sequencer: object.sequencer }),
    ...(Number.isFinite(writtenAt) && { writtenAt }),
  };
}

function sorted(read: readonly ReadNotice[]): Notices {
  const notices = read.filter((notice) => typeof notice !== "string");
  return { kind: "notices", notices, skipped: read.filter((notice) => typeof notice === "string") };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function parse(text: string): UnknownObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
