import { attribute, required, table } from "../../alloy/arguments.ts";
import { map } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { labelAdder } from "../label-adder.ts";
import { labelValue } from "../labels.ts";
import { changing, extractedText, extractedValue, InvalidStage, stageKind } from "./stage.ts";

const args = table({
  values: required(map(string), { help: "Label = value name; null or an empty name is the label's own." }),
  source_type: attribute(string, { default: "extracted", help: "`extracted` or `structured_metadata`." }),
});

/** `stage.labels`: labels out of extracted values or structured metadata. An empty value makes an empty label. */
export const labels = stageKind(args, ({ values, source_type: sourceType }) => {
  if (values.size === 0) throw new InvalidStage("label stage config cannot be empty");
  if (sourceType !== "extracted" && sourceType !== "structured_metadata") {
    throw new InvalidStage(
      `invalid labels source_type: ${sourceType}. Can only be 'extracted' or 'structured_metadata'`,
    );
  }
  const wanted = [...values].map(([label, source]) => ({ label, source: source === "" ? label : source }));
  const fromMetadata = sourceType === "structured_metadata";
  const steps = wanted.map(({ label, source }) => ({ source, add: labelAdder(label) }));
  return changing((entry) => {
    for (const { source, add } of steps) {
      const value = fromMetadata ? labelValue(entry.metadata, source) : extractedText(extractedValue(entry, source));
      if (value !== undefined) entry.labels = add(entry.labels, value);
    }
  });
});
