import { attribute, table } from "../../alloy/arguments.ts";
import { map } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { LogfmtScan } from "../logfmt-scan.ts";
import { parseLogfmt, unescapedLogfmt } from "../parse-logfmt.ts";
import type { TextRange } from "../text-of.ts";
import { compileOptional } from "./compile.ts";
import { changing, InvalidStage, type StageEntry, sourceRange, sourceText, stageKind } from "./stage.ts";

const args = table({
  mapping: attribute(map(string), { help: "Value = key; an empty key is the name itself." }),
  regex: attribute(string, { help: "Keys that match are extracted too." }),
  source: attribute(string, { help: "Value to parse instead of the line." }),
});

/** `stage.logfmt`: values out of `key=value key="quoted value"`. */
export const logfmt = stageKind(args, ({ mapping, regex, source }) => {
  if (mapping.size === 0 && regex === "") throw new InvalidStage("logfmt mapping or regex is required");
  const names = new Map([...mapping].map(([name, key]) => [key === "" ? name : key, name]));
  const keys = compileOptional(regex);
  const readBytes = bytesReader(names);
  return changing((entry) => {
    const range = keys === undefined ? sourceRange(entry, source) : undefined;
    if (range !== undefined) return readBytes(range, entry);
    const text = sourceText(entry, source);
    if (text === undefined) return;
    parseLogfmt(text, (key, value) => {
      const name = names.get(key);
      if (name !== undefined) entry.values.set(name, value);
      if (keys?.test(key)) entry.values.set(key, value);
    });
  });
});

/** Takes the values of some keys; they stay bytes. */
function bytesReader(names: ReadonlyMap<string, string>): (range: TextRange, entry: StageEntry) => void {
  const wanted = [...names].map(([key, name]) => ({ key: Buffer.from(key), name }));
  const scan = new LogfmtScan();

  function nameOf(block: Buffer): string | undefined {
    const { keyFrom, keyTo } = scan;
    for (const { key, name } of wanted) {
      if (key.length !== keyTo - keyFrom) continue;
      let at = 0;
      while (at < key.length && key[at] === block[keyFrom + at]) at += 1;
      if (at === key.length) return name;
    }
    return undefined;
  }

  return ({ block, from, to }, { values }) => {
    scan.begin(block, from, to);
    while (scan.next()) {
      const { valueFrom, valueTo, isEscaped } = scan;
      const name = nameOf(block);
      if (isEscaped) {
        // A value that cannot be read ends the line, whoever asks for it.
        const text = unescapedLogfmt(block.toString("utf8", valueFrom, valueTo));
        if (text === undefined) return;
        if (name !== undefined) values.set(name, text);
      } else if (name !== undefined) {
        if (valueFrom < 0) values.set(name, "");
        else values.setRange(name, { block, from: valueFrom, to: valueTo });
      }
    }
  };
}
