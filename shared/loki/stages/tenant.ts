import { attribute, table } from "../../alloy/arguments.ts";
import { string } from "../../alloy/text-types.ts";
import { labelValue, withLabel } from "../labels.ts";
import { changing, extractedText, extractedValue, InvalidStage, type StageEntry, stageKind } from "./stage.ts";

/** The label that carries the tenant of an entry; it never leaves the process. */
export const tenantLabel = "__tenant_id__";

const args = table({ label: attribute(string), source: attribute(string), value: attribute(string) });

/** `stage.tenant`: says whose entry it is, by a label, an extracted value or a fixed text. */
export const tenant = stageKind(args, ({ label, source, value }) => {
  const given = [label, source, value].filter((text) => text !== "").length;
  if (given === 0) throw new InvalidStage("label, source or value config are required");
  if (given > 1) {
    throw new InvalidStage(
      "label, source and value are mutually exclusive: you should set source, value or label but not all",
    );
  }
  const tenantOf = (entry: StageEntry) => {
    if (value !== "") return value;
    return label === "" ? extractedText(extractedValue(entry, source)) : labelValue(entry.labels, label);
  };
  return changing((entry) => {
    const id = tenantOf(entry);
    if (id !== undefined && id !== "") entry.labels = withLabel(entry.labels, tenantLabel, id);
  });
});
