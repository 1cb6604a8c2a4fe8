import { parseTemplate, type TemplatePart } from "../../re2/template.ts";
import { isLabelName, type Labels, labelPairs, labelsOf } from "../labels.ts";
import { hashMod } from "./hash-mod.ts";
import type { RelabelRule } from "./relabel-rule.ts";

/** Which names a rule may set at run time: `metrics` skips others silently, `targets` takes any text. */
export type RelabelNames = "metrics" | "targets";

/** Makes new labels out of labels; undefined: dropped. */
export type Relabel = (labels: Labels) => Labels | undefined;

type Step = (labels: Map<string, string>) => boolean;

/** Puts rules together; without any, labels pass as they are (the same array). */
export function createRelabel(rules: readonly RelabelRule[], names: RelabelNames): Relabel {
  const steps = rules.map((rule) => createStep(rule, names));
  if (steps.length === 0) {
    return (labels) => labels;
  }
  return function relabel(labels) {
    const map = new Map(labelPairs(labels));
    for (const step of steps) {
      if (!step(map)) {
        return undefined;
      }
    }
    return labelsOf(map);
  };
}

function createStep(rule: RelabelRule, names: RelabelNames): Step {
  const { sourceLabels, separator, regex, targetLabel } = rule;
  const sourceValue = (labels: Map<string, string>): string =>
    sourceLabels.map((name) => labels.get(name) ?? "").join(separator);
  switch (rule.action) {
    case "replace":
      return replaceStep(rule, names, sourceValue);
    case "keep":
      return (labels) => regex.test(sourceValue(labels));
    case "drop":
      return (labels) => !regex.test(sourceValue(labels));
    case "keepequal":
      return (labels) => (labels.get(targetLabel) ?? "") === sourceValue(labels);
    case "dropequal":
      return (labels) => (labels.get(targetLabel) ?? "") !== sourceValue(labels);
    case "hashmod":
      return (labels) => put(labels, targetLabel, hashMod(sourceValue(labels), rule.modulus));
    case "lowercase":
      return (labels) =>
        put(
          labels,
          targetLabel,
          mapCase(sourceValue(labels), (char) => char.toLowerCase()),
        );
    case "uppercase":
      return (labels) =>
        put(
          labels,
          targetLabel,
          mapCase(sourceValue(labels), (char) => char.toUpperCase()),
        );
    case "labelmap":
      return labelMapStep(rule);
    case "labeldrop":
      return (labels) => removeWhere(labels, (name) => regex.test(name));
    case "labelkeep":
      return (labels) => removeWhere(labels, (name) => !regex.test(name));
  }
}

function replaceStep(
  rule: RelabelRule,
  names: RelabelNames,
  sourceValue: (labels: Map<string, string>) => string,
): Step {
  const { regex } = rule;
  const target = parseTemplate(rule.targetLabel);
  const replacement = parseTemplate(rule.replacement);
  const isFixed = isText(target) && isText(replacement);
  const fixedName = isText(target) && isTarget(rule.targetLabel, names) ? rule.targetLabel : undefined;
  return (labels) => {
    const value = sourceValue(labels);
    if (isFixed) {
      return fixedName === undefined || !regex.test(value) || put(labels, fixedName, rule.replacement);
    }
    const match = regex.exec(value);
    if (!match) {
      return true;
    }
    const name = fixedName ?? regex.expand(target, match);
    return !isTarget(name, names) || put(labels, name, regex.expand(replacement, match));
  };
}

function labelMapStep({ regex, replacement }: RelabelRule): Step {
  const template = parseTemplate(replacement);
  return (labels) => {
    for (const [name, value] of [...labels]) {
      const match = regex.exec(name);
      if (match) {
        put(labels, regex.expand(template, match), value);
      }
    }
    return true;
  };
}

function isText(parts: readonly TemplatePart[]): boolean {
  return parts.every((part) => part.kind === "text" && !part.text.includes("$"));
}

function isTarget(name: string, names: RelabelNames): boolean {
  return isLabelName(name, names === "metrics" ? "legacy" : "utf8");
}

function put(labels: Map<string, string>, name: string, value: string): true {
  if (value === "") {
    labels.delete(name);
  } else {
    labels.set(name, value);
  }
  return true;
}

function removeWhere(labels: Map<string, string>, matches: (name: string) => boolean): true {
  for (const name of labels.keys()) {
    if (matches(name)) {
      labels.delete(name);
    }
  }
  return true;
}

/** Go maps each code point to one other (ß stays), JavaScript a text to a text. */
function mapCase(text: string, map: (char: string) => string): string {
  let out = "";
  for (const char of text) {
    const mapped = char === "\u0130" ? "i" : map(char);
    out += char === "\u0130" && map("A") === "A" ? char : [...mapped].length === 1 ? mapped : char;
  }
  return out;
}
