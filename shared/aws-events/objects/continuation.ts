import type { GzipPlace } from "../../compression/resumable-gunzip.ts";
import { asInteger, asObject, type UnknownObject } from "../../json-document.ts";
import type { ObjectNotice, Position } from "./notice.ts";

const name = "sluice-object/1";

/** The message that stands for what is left of an object: the notice again, with the position that was reached. */
export function writeContinuation(notice: ObjectNotice): string {
  return JSON.stringify({ continuation: name, notice });
}

/** Why something is in the queue of dead letters. */
export interface ObjectDeadLetter {
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A dead letter: sent to the queue of notices again, it is the same notice again. */
export function writeDeadLetter(what: ObjectNotice | { readonly message: string }, letter: ObjectDeadLetter): string {
  const notice = "message" in what ? what : { notice: { ...what, attempts: undefined } };
  return JSON.stringify({ continuation: name, ...letter, ...notice });
}

/** The message in a dead letter that could not be read as a notice; undefined for any other document. */
export function unreadableMessage(document: UnknownObject): string | undefined {
  return document.continuation === name ? textOf(document.message) : undefined;
}

/** A message without the dead letter that it came back in: a letter never holds another one. */
export function bareMessage(message: string): string {
  try {
    const document = asObject(JSON.parse(message));
    return (document && unreadableMessage(document)) ?? message;
  } catch {
    return message;
  }
}

/** The notice in a message that `writeContinuation` wrote; undefined for any other document. */
export function readContinuation(document: UnknownObject): ObjectNotice | undefined {
  if (document.continuation !== name) return undefined;
  const notice = asObject(document.notice) ?? {};
  const [bucket, key, region] = [textOf(notice.bucket), textOf(notice.key), textOf(notice.region)];
  if (bucket === undefined || key === undefined || region === undefined) return undefined;
  const position = positionOf(asObject(notice.position) ?? {});
  return {
    bucket,
    key,
    region,
    ...optional("versionId", textOf(notice.versionId)),
    ...optional("etag", textOf(notice.etag)),
    ...optional("sequencer", textOf(notice.sequencer)),
    ...optional("size", asInteger(notice.size)),
    ...optional("writtenAt", asInteger(notice.writtenAt)),
    ...optional("attempts", asInteger(notice.attempts)),
    ...optional("replays", asInteger(notice.replays)),
    ...optional("position", position),
  };
}

function positionOf(document: UnknownObject): Position | undefined {
  const offset = asInteger(document.offset);
  if (offset === undefined || offset < 0) return undefined;
  return {
    offset,
    ...optional("until", asInteger(document.until)),
    ...(document.plain === true && { plain: true as const }),
    ...optional("gzip", placeOf(asObject(document.gzip) ?? {})),
    ...optional("header", textOf(document.header)),
  };
}

function placeOf(document: UnknownObject): GzipPlace | undefined {
  const { window } = document;
  const [at, bits, inflated] = [asInteger(document.at), asInteger(document.bits), asInteger(document.inflated)];
  const [crc, size] = [asInteger(document.crc), asInteger(document.size)];
  if (at === undefined || bits === undefined || inflated === undefined || crc === undefined || size === undefined)
    return undefined;
  if (typeof window !== "string" || Math.min(at, bits, inflated, crc, size) < 0 || bits > 7) return undefined;
  return { at, bits, inflated, window, crc, size };
}

function optional<Name extends string, Value>(key: Name, value: Value | undefined): { readonly [K in Name]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Name]?: Value };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
