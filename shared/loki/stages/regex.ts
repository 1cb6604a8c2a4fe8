import { attribute, required, table } from "../../alloy/arguments.ts";
import { optional } from "../../alloy/composite-types.ts";
import { bool } from "../../alloy/plain-types.ts";
import { string } from "../../alloy/text-types.ts";
import { isLabelName, withLabel } from "../labels.ts";
import { checkSource, compilePattern } from "./compile.ts";
import { changing, InvalidStage, sourceText, stageKind } from "./stage.ts";

const args = table({
  expression: required(string),
  source: attribute(optional(string), { help: "Value to match instead of the line." }),
  labels_from_groups: attribute(bool),
});

/** `stage.regex`: values out of the named groups of the first match; a group without a part in it gives an empty text. */
export const regex = stageKind(args, ({ expression, source, labels_from_groups: asLabels }) => {
  if (expression === "") throw new InvalidStage("expression is required");
  checkSource(source);
  const re = compilePattern(expression, "could not compile regular expression");
  const names = [...re.groupNames.entries()].flatMap(([index, name]) => (name === undefined ? [] : [{ index, name }]));
  return changing((entry) => {
    const text = sourceText(entry, source);
    const match = text === undefined ? undefined : re.exec(text);
    if (match === undefined) return;
    for (const { index, name } of names) {
      const value = match.groups[index] ?? "";
      entry.values.set(name, value);
      if (asLabels && isLabelName(name)) entry.labels = withLabel(entry.labels, name, value);
    }
  });
});
