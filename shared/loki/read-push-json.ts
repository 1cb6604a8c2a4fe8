import { errorText } from "../error-text.ts";
import { isObject } from "../json-document.ts";
import type { Entry, Label, LabelSet } from "./entry.ts";
import { isLabelName, labelSet, parseLabels } from "./labels.ts";
import type { ReadPush } from "./read-push-request.ts";

class Unreadable extends Error {}

/**
 * Reads a push in JSON: `{"streams":[{"stream":{…},"values":[["<nanoseconds>","line",{metadata}]]}]}`, or in its older form with
 * `labels` and `entries`. Never throws for bad text.
 */
export function readPushJson(text: string): ReadPush {
  try {
    const streams = member(parse(text), "streams");
    if (streams === undefined || streams === null) return { kind: "entries", entries: [] };
    return { kind: "entries", entries: list(streams, "streams").flatMap(readStream) };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "invalid", reason: error.message };
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unreadable(errorText(error));
  }
}

function readStream(stream: unknown): Entry[] {
  if (typeof member(stream, "labels") === "string") return readOldStream(stream);
  const labels = labelSet(
    pairs(member(stream, "stream"), "stream").flatMap(({ name, value }) => {
      if (!isLabelName(name)) throw new Unreadable(`couldn't parse labels: ${name} is not a name of a label`);
      return value === "" ? [] : [[name, value] as const];
    }),
  );
  return list(member(stream, "values") ?? [], "values").map((value) => {
    const [time, line, metadata] = list(value, "a value");
    return {
      labels,
      timeUnixNano: nanoseconds(time),
      line: string(line, "a line"),
      metadata: pairs(metadata, "metadata"),
    };
  });
}

function readOldStream(stream: unknown): Entry[] {
  const parsed = parseLabels(string(member(stream, "labels"), "labels"));
  if (parsed.kind === "invalid") throw new Unreadable(parsed.reason);
  return list(member(stream, "entries") ?? [], "entries").map((entry) => readOldEntry(parsed.labels, entry));
}

function readOldEntry(labels: LabelSet, entry: unknown): Entry {
  const text = string(member(entry, "ts"), "ts");
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new Unreadable(`${text.slice(0, 100)} is not an RFC 3339 time`);
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? "";
  const seconds = BigInt(Math.floor(milliseconds / 1000));
  const timeUnixNano = seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
  return { labels, timeUnixNano, line: string(member(entry, "line"), "line"), metadata: [] };
}

function nanoseconds(value: unknown): bigint {
  const text = string(value, "a time");
  if (!/^-?[0-9]{1,19}$/.test(text)) throw new Unreadable(`${text.slice(0, 100)} is not a time in nanoseconds`);
  return BigInt(text);
}

function pairs(value: unknown, what: string): Label[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object" || Array.isArray(value)) throw new Unreadable(`${what} must be an object of texts`);
  return Object.entries(value).map(([name, each]) => ({ name, value: string(each, `${what}.${name}`) }));
}

function member(value: unknown, name: string): unknown {
  if (!isObject(value)) throw new Unreadable(`expected an object with ${name}`);
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function list(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Unreadable(`${what} must be a list`);
}

function string(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new Unreadable(`${what} must be text, found ${value === null ? "null" : typeof value}`);
}
