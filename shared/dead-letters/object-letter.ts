import { unreadableMessage, writeContinuation } from "../aws-events/objects/continuation.ts";
import { type ObjectNotice, placeOf } from "../aws-events/objects/notice.ts";
import { readNotices } from "../aws-events/objects/read-notices.ts";
import { asInteger, asObject, type UnknownObject } from "../json-document.ts";
import type { QueueBody } from "../queue/queue.ts";

/** The object of S3 that a letter is about, and the part of it: uncompressed bytes from `offset` on, to `until` or its end. */
export interface LetterObject extends Pick<ObjectNotice, "bucket" | "key" | "versionId" | "size"> {
  readonly offset: number;
  readonly until?: number;
}

/** A notice of an object that could not be read, as a letter; docs/aws-sources.md, "Dead letters". */
export interface ObjectLetter {
  readonly object?: LetterObject;
  /** `redriven`: SQS moved it, since the function never settled it; `undecodable`: not a notice, whoever sent it. */
  readonly reason: "unreadable" | "redriven" | "undecodable";
  readonly message: string;
  readonly replays: number;
  /** When it was dead-lettered, where the letter says so. */
  readonly at?: number;
  /** What the letter holds, as JSON. */
  readonly document: UnknownObject;
  /** The notice as it goes back into its queue. */
  readonly again: string;
}

/** Reads a dead letter of the function that reads objects, or a notice that SQS moved; undefined for any other message. Never throws. */
export function readObjectLetter(body: QueueBody): ObjectLetter | undefined {
  if (typeof body !== "string" || !body.startsWith("{")) return undefined;
  const document = parse(body);
  if (!document) return undefined;
  const read = readNotices(body);
  const [notice, ...others] = read.kind === "notices" ? read.notices : [];
  const told = typeof document.reason === "string" ? document.reason : undefined;
  const at = asInteger(document.at);
  const times = at === undefined ? {} : { at };
  if (!notice) {
    // What the version that dead-lettered it did not know as a notice, a newer version may.
    if (unreadableMessage(document) === undefined || told === undefined) return undefined;
    return { reason: "undecodable", message: told, replays: 0, document, again: body, ...times };
  }
  const { bucket, key, versionId, size, position, replays = 0 } = notice;
  const object = {
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(size !== undefined && { size }),
    offset: position?.offset ?? 0,
    ...(position?.until !== undefined && { until: position.until }),
  };
  const more = others.length > 0 ? `, and ${others.length} more` : "";
  const why = told ?? "received too often without being settled: moved by SQS";
  return {
    object,
    reason: told === undefined ? "redriven" : "unreadable",
    message: `${placeOf(notice)}${more}: ${why}`,
    replays,
    document: withoutWindow(document),
    // What it was tried before does not count any more.
    again: others.length > 0 ? body : writeContinuation({ ...notice, attempts: 0, replays: replays + 1 }),
    ...times,
  };
}

/** Whether a body is a notice of an object, and so not for the queue of batches. An envelope never is: its first line names its format. */
export function isNotice(body: QueueBody): boolean {
  return readObjectLetter(body) !== undefined;
}

/** A person has no use for 44 KB of base64, which only zlib reads. */
function withoutWindow(document: UnknownObject): UnknownObject {
  const notice = asObject(document.notice);
  const position = asObject(notice?.position);
  const gzip = asObject(position?.gzip);
  if (typeof gzip?.window !== "string") return document;
  const window = `${gzip.window.length} bytes of base64`;
  return { ...document, notice: { ...notice, position: { ...position, gzip: { ...gzip, window } } } };
}

function parse(text: string): UnknownObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
