import { required, table } from "../../alloy/arguments.ts";
import { list } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { changing, InvalidStage, stageKind } from "./stage.ts";

const args = table({ values: required(list(string)) });

/** `stage.label_drop`: removes labels. */
export const labelDrop = stageKind(args, ({ values }) => {
  if (values.length === 0) throw new InvalidStage("labeldrop stage config cannot be empty");
  return changing((entry) => {
    if (entry.labels.some(({ name }) => values.includes(name))) {
      entry.labels = entry.labels.filter(({ name }) => !values.includes(name));
    }
  });
});
