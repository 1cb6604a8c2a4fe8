import { attribute, required, table } from "../../alloy/arguments.ts";
import { optional } from "../../alloy/composite-types.ts";
import { bool } from "../../alloy/plain-types.ts";
import { string } from "../../alloy/text-types.ts";
import { labelAdder } from "../label-adder.ts";
import { isLabelName } from "../labels.ts";
import { checkSource, compilePattern } from "./compile.ts";
import { lineJudge } from "./line-test.ts";
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
  const judge = lineJudge(re);
  const steps = names.map(({ index, name }) => ({ index, name, ...(isLabelName(name) && { add: labelAdder(name) }) }));
  return changing((entry) => {
    if (source === undefined && judge(entry) === false) return;
    const text = sourceText(entry, source);
    const match = text === undefined ? undefined : re.exec(text);
    if (match === undefined) return;
    for (const { index, name, add } of steps) {
      const value = match.groups[index] ?? "";
      entry.values.set(name, value);
      if (asLabels && add !== undefined) entry.labels = add(entry.labels, value);
    }
  });
});
