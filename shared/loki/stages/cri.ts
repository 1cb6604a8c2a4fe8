import { attribute, table } from "../../alloy/arguments.ts";
import { bool, int, uint } from "../../alloy/plain-types.ts";
import { cutToBytes } from "../byte-length.ts";
import { labelAdder } from "../label-adder.ts";
import { formatLabels } from "../labels.ts";
import { isLineLongerThan } from "../line-entry.ts";
import { parseCri, parseCriBytes } from "../parse-cri.ts";
import { parseRfc3339, readRfc3339 } from "../rfc3339.ts";
import { join, type Next, type StageEntry, stageKind } from "./stage.ts";

/** A line that never ends is passed on in pieces. */
const maxOpenBytes = 1_048_576;

const args = table(
  {
    max_partial_lines: attribute(int, { default: 100, help: "Sets of labels that may have an open line." }),
    max_partial_line_size: attribute(uint, { help: "In bytes." }),
    max_partial_line_size_truncate: attribute(bool),
  },
  {
    validate: ({ max_partial_lines: max }) => (max > 0 ? undefined : "max_partial_lines must be greater than 0"),
  },
);

/** `stage.cri`: reads lines of container runtimes and joins partial ones, for each set of labels and stream. */
export const cri = stageKind(args, (given, context) => {
  const partial = new Map<string, StageEntry>();
  const addStream = labelAdder("stream");

  function cut(entry: StageEntry): void {
    const { max_partial_line_size: maxBytes, max_partial_line_size_truncate: isCut } = given;
    if (!isCut || !isLineLongerThan(entry, maxBytes)) return;
    entry.line = cutToBytes(entry.line, maxBytes);
    context.count("cri_lines_truncated");
  }

  function flush(next: Next): void {
    const open = [...partial.values()];
    partial.clear();
    for (const entry of open) next(entry);
  }

  /** Puts what was kept of the line in front of `entry`, which thereby has the time and labels of the last part. */
  function take(key: string, entry: StageEntry): void {
    const before = partial.get(key);
    if (before === undefined) return;
    partial.delete(key);
    entry.line = before.line + entry.line;
    join(entry, before);
    cut(entry);
  }

  return {
    process(entry, next) {
      const isPartial = read(entry, addStream);
      if (isPartial === undefined) return next(entry);
      const key = formatLabels(entry.labels);
      if (isPartial && partial.size >= given.max_partial_lines) {
        for (const _ of partial) context.count("cri_partial_lines_flushed");
        flush(next);
      }
      take(key, entry);
      if (!isPartial || isLineLongerThan(entry, maxOpenBytes)) return next(entry);
      cut(entry);
      partial.set(key, entry.kept());
    },
    close: flush,
  };
});

/** Takes a line apart; whether it is a partial one. Undefined where it is not a line of a container runtime. */
function read(entry: StageEntry, addStream: ReturnType<typeof labelAdder>): boolean | undefined {
  const { block, from, to, values } = entry;
  const bytes = block && parseCriBytes(block, from, to);
  if (block === undefined || bytes === undefined) return readText(entry, addStream);
  const { timeEnd, stream, isPartial, contentFrom } = bytes;
  values.set("flags", isPartial ? "P" : "F");
  values.set("stream", stream);
  values.setRange("content", { block, from: contentFrom, to });
  values.setRange("time", { block, from, to: timeEnd });
  entry.cut(contentFrom, to);
  entry.labels = addStream(entry.labels, stream);
  readRfc3339({ block, from, to: timeEnd }, entry);
  return isPartial;
}

function readText(entry: StageEntry, addStream: ReturnType<typeof labelAdder>): boolean | undefined {
  const line = parseCri(entry.line);
  if (line === undefined) return undefined;
  entry.values.set("flags", line.isPartial ? "P" : "F");
  entry.values.set("stream", line.stream);
  entry.values.set("content", line.content);
  entry.values.set("time", line.time);
  entry.line = line.content;
  entry.labels = addStream(entry.labels, line.stream);
  entry.timeUnixNano = parseRfc3339(line.time) ?? entry.timeUnixNano;
  return line.isPartial;
}
