import { required, table } from "../../alloy/arguments.ts";
import { list } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { changing, InvalidStage, stageKind } from "./stage.ts";

const args = table({ values: required(list(string)) });

/** `stage.label_keep`: removes all labels but these. */
export const labelKeep = stageKind(args, ({ values }) => {
  if (values.length === 0) throw new InvalidStage("labelallow stage config cannot be empty");
  return changing((entry) => {
    if (!entry.labels.every(({ name }) => values.includes(name))) {
      entry.labels = entry.labels.filter(({ name }) => values.includes(name));
    }
  });
});
