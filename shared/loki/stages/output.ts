import { required, table } from "../../alloy/arguments.ts";
import { string } from "../../alloy/text-types.ts";
import { changing, extractedText, extractedValue, InvalidStage, stageKind } from "./stage.ts";

const args = table({ source: required(string) });

/** `stage.output`: the line becomes an extracted value; without one it stays. */
export const output = stageKind(args, ({ source }) => {
  if (source === "") throw new InvalidStage("output source value is required if output is specified");
  return changing((entry) => {
    const range = entry.values.range(source);
    if (range !== undefined) return entry.move(range);
    entry.line = extractedText(extractedValue(entry, source)) ?? entry.line;
  });
});
