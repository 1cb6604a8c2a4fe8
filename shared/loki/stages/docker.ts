import { table } from "../../alloy/arguments.ts";
import { JsonScan } from "../json-scan.ts";
import { jsonText } from "../json-text.ts";
import { labelAdder } from "../label-adder.ts";
import { parseRfc3339, readRfc3339 } from "../rfc3339.ts";
import { type TextRange, textOf } from "../text-of.ts";
import { parseObject } from "./parse-object.ts";
import { changing, type StageEntry, stageKind } from "./stage.ts";

const fields = ["log", "stream", "time"] as const;
type Field = (typeof fields)[number];
const quote = 0x22;
const nothing: TextRange = { block: Buffer.alloc(0), from: 0, to: 0 };

/**
 * `stage.docker`: reads lines of Docker's json-file driver, `{"log":"…\n","stream":"stdout","time":"…"}`; others pass. The case of the
 * names does not matter, as to Go's parser.
 */
export const docker = stageKind(table({}), () => {
  const scan = new JsonScan(
    fields.map((name) => [name]),
    { ignoresCase: true },
  );
  const addStream = labelAdder("stream");

  /** The field as bytes; undefined when a parser must judge it. */
  function range(slot: number, block: Buffer): TextRange | undefined {
    const from = scan.starts[slot] as number;
    if (from < 0) return nothing;
    if (block[from] !== quote) return undefined;
    const inside = { block, from: from + 1, to: (scan.ends[slot] as number) - 1 };
    const escapeAt = scan.escapes[slot] as number;
    return escapeAt < 0 ? inside : jsonText(inside, escapeAt);
  }

  /** False when that is left to a parser. */
  function readBytes(entry: StageEntry): boolean {
    const { block, values } = entry;
    if (block === undefined || !scan.scan(block, entry.from, entry.to) || scan.isRepeated) return false;
    const [log, stream, time] = [range(0, block), range(1, block), range(2, block)];
    if (log === undefined || stream === undefined || time === undefined) return false;
    values.setRange("output", log);
    values.setRange("stream", stream);
    values.setRange("timestamp", time);
    entry.move(log);
    entry.labels = addStream(entry.labels, textOf(stream.block, stream.from, stream.to));
    readRfc3339(time, entry);
    return true;
  }

  function readText(entry: StageEntry): void {
    const read = readFields(entry.line);
    if (read === undefined) return;
    const { log, stream, time } = read;
    entry.values.set("output", log);
    entry.values.set("stream", stream);
    entry.values.set("timestamp", time);
    entry.line = log;
    entry.labels = addStream(entry.labels, stream);
    entry.timeUnixNano = parseRfc3339(time) ?? entry.timeUnixNano;
  }

  return changing((entry) => {
    if (!readBytes(entry)) readText(entry);
  });
});

/** Undefined where one of them is not a text. */
function readFields(line: string): Record<Field, string> | undefined {
  const read: Record<Field, string> = { log: "", stream: "", time: "" };
  const data = line.trim() === "null" ? {} : parseObject(line);
  if (data === undefined) return undefined;
  for (const [key, value] of Object.entries(data)) {
    const name = fields.find((each) => each === folded(key));
    if (name === undefined || value === null) continue;
    if (typeof value !== "string") return undefined;
    read[name] = value;
  }
  return read;
}

/** Go takes letters for the same that differ in case alone, the long s and the sign of Kelvin included. */
function folded(key: string): string {
  return key.replaceAll("\u017f", "s").toLowerCase();
}
