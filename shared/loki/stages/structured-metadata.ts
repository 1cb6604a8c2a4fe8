import { attribute, table } from "../../alloy/arguments.ts";
import { map } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import type { Label } from "../entry.ts";
import { labelValue } from "../labels.ts";
import { compileOptional } from "./compile.ts";
import type { Extracted } from "./extracted.ts";
import { changing, extractedText, extractedValue, extractedValues, stageKind } from "./stage.ts";

const args = table({
  values: attribute(map(string), { help: "Name = value name; null or an empty name is its own." }),
  regex: attribute(string, { help: "Values and labels whose names match are taken too." }),
});

/** `stage.structured_metadata`: appends extracted values, and labels, which then are labels no more. */
export const structuredMetadata = stageKind(args, ({ values, regex }) => {
  const wanted = [...values].map(([name, source]) => ({ name, source: source === "" ? name : source }));
  const pattern = compileOptional(regex);
  const isTaken = (label: string) => wanted.some(({ source }) => source === label) || pattern?.test(label) === true;
  return changing((entry) => {
    const metadata = new Map<string, string>();
    const add = (name: string, value: Extracted | undefined) => {
      const text = extractedText(value);
      if (text !== undefined) metadata.set(name, text);
    };
    for (const { name, source } of wanted) add(name, extractedValue(entry, source));
    if (pattern) for (const [name, value] of extractedValues(entry)) if (pattern.test(name)) add(name, value);
    for (const { name, source } of wanted) add(name, labelValue(entry.labels, source));
    if (pattern) for (const { name, value } of entry.labels) if (pattern.test(name)) add(name, value);
    if (metadata.size === 0) return;
    entry.metadata = [...entry.metadata, ...[...metadata].map(([name, value]): Label => ({ name, value }))];
    if (entry.labels.some(({ name }) => isTaken(name))) {
      entry.labels = entry.labels.filter(({ name }) => !isTaken(name));
    }
  });
});
