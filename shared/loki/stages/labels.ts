import { attribute, required, table } from "../../alloy/arguments.ts";
import { map } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import type { LabelSet } from "../entry.ts";
import { labelValue, withLabel } from "../labels.ts";
import { changing, extractedText, extractedValue, InvalidStage, stageKind } from "./stage.ts";

const maxKnown = 64;

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

/** Adds a label; what lines of one stream became of it lately is kept at hand. */
function labelAdder(label: string): (labels: LabelSet, value: string) => LabelSet {
  let base: LabelSet | undefined;
  const known = new Map<string, LabelSet>();
  return (labels, value) => {
    if (labels !== base || known.size > maxKnown) {
      base = labels;
      known.clear();
    }
    const before = known.get(value);
    if (before !== undefined) return before;
    const made = withLabel(labels, label, value);
    known.set(value, made);
    return made;
  };
}
