import { required, table } from "../../alloy/arguments.ts";
import { list } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { changing, InvalidStage, stageKind } from "./stage.ts";

const args = table({ values: required(list(string)) });

/** `stage.structured_metadata_drop`: removes pairs of structured metadata. */
export const structuredMetadataDrop = stageKind(args, ({ values }) => {
  if (values.length === 0) throw new InvalidStage("structured_metadata_drop stage config cannot be empty");
  return changing((entry) => {
    if (entry.metadata.length > 0) entry.metadata = entry.metadata.filter(({ name }) => !values.includes(name));
  });
});
