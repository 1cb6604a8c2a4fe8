import { required, table } from "../../alloy/arguments.ts";
import { map } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { withLabel } from "../labels.ts";
import { changing, stageKind } from "./stage.ts";

const args = table({ values: required(map(string)) });

/** `stage.static_labels`: the same labels for every entry; empty ones are left out. */
export const staticLabels = stageKind(args, ({ values }) => {
  const set = [...values].filter(([, value]) => value !== "");
  return changing((entry) => {
    for (const [name, value] of set) entry.labels = withLabel(entry.labels, name, value);
  });
});
