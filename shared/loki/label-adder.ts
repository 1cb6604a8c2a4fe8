import type { LabelSet } from "./entry.ts";
import { withLabel } from "./labels.ts";

const maxKnown = 64;

/** Adds one label to sets; what those of one stream became of it lately is kept at hand. */
export function labelAdder(label: string): (labels: LabelSet, value: string) => LabelSet {
  let base: LabelSet | undefined;
  let lastValue: string | undefined;
  let last: LabelSet = [];
  const known = new Map<string, LabelSet>();
  return (labels, value) => {
    if (labels !== base || known.size > maxKnown) {
      base = labels;
      lastValue = undefined;
      known.clear();
    }
    if (value === lastValue) return last;
    const made = known.get(value) ?? withLabel(labels, label, value);
    known.set(value, made);
    lastValue = value;
    last = made;
    return made;
  };
}
