import { attribute, table } from "../../alloy/arguments.ts";
import { map } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { parseLogfmt } from "../parse-logfmt.ts";
import { compileOptional } from "./compile.ts";
import { changing, InvalidStage, sourceText, stageKind } from "./stage.ts";

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
  return changing((entry) => {
    const text = sourceText(entry, source);
    if (text === undefined) return;
    parseLogfmt(text, (key, value) => {
      const name = names.get(key);
      if (name !== undefined) entry.values.set(name, value);
      if (keys?.test(key)) entry.values.set(key, value);
    });
  });
});
