import { attribute, required, table } from "../../alloy/arguments.ts";
import { list } from "../../alloy/composite-types.ts";
import { bool } from "../../alloy/plain-types.ts";
import { string } from "../../alloy/text-types.ts";
import { goJson } from "./go-json.ts";
import { changing, extractedText, extractedValue, stageKind } from "./stage.ts";

const args = table({ labels: required(list(string)), ingest_timestamp: attribute(bool, { default: true }) });

/** `stage.pack`: wraps the line and some labels into a JSON object, `{"app":"a","_entry":"line"}`. */
export const pack = stageKind(args, ({ labels, ingest_timestamp: ingestTimestamp }, context) => {
  const wanted = [...new Set(labels)].sort();
  return changing((entry) => {
    const packed = wanted.flatMap((name) => {
      const value = extractedText(extractedValue(entry, name));
      return value === undefined ? [] : [{ name, value }];
    });
    const members = [...packed, { name: "_entry", value: entry.line }];
    entry.line = `{${members.map(({ name, value }) => `${goJson(name)}:${goJson(value)}`).join(",")}}`;
    if (packed.length > 0) {
      entry.labels = entry.labels.filter((label) => !packed.some(({ name }) => name === label.name));
    }
    if (ingestTimestamp) entry.timeUnixNano = BigInt(context.now()) * 1_000_000n;
  });
});
