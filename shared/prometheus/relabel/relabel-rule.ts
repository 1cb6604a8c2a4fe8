import type { Re2 } from "../../re2/re2.ts";
import { compileFullRe2 } from "../../re2/re2.ts";
import { isLabelName } from "../labels.ts";

const actions = [
  "replace",
  "keep",
  "drop",
  "keepequal",
  "dropequal",
  "hashmod",
  "lowercase",
  "uppercase",
  "labelmap",
  "labeldrop",
  "labelkeep",
] as const;

/** What a rule does. */
export type RelabelAction = (typeof actions)[number];

/** A rule of relabelling that has been checked (`compileRelabelRule`). */
export interface RelabelRule {
  readonly action: RelabelAction;
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  /** Matches the whole of a value. */
  readonly regex: Re2;
  readonly modulus: bigint;
  readonly targetLabel: string;
  readonly replacement: string;
}

/** A rule as it is written; what is absent has the default. */
export interface RelabelRuleText {
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly modulus?: bigint | number;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action?: string;
}

/** A rule that can run, or what is wrong with it, in Prometheus' words. */
export type CompiledRule =
  | { readonly kind: "rule"; readonly rule: RelabelRule }
  | { readonly kind: "rejected"; readonly message: string };

/** Checks a rule and compiles its expression. */
export function compileRelabelRule(text: RelabelRuleText): CompiledRule {
  const { separator = ";", regex: pattern = "(.*)", replacement = "$1", action: word = "replace" } = text;
  const action = actions.find((known) => known === word);
  if (!action) {
    return rejected(`unrecognized action type ${JSON.stringify(word)}`);
  }
  const compiled = compileFullRe2(pattern);
  if (compiled.kind === "rejected") {
    return compiled;
  }
  const message = validate(action, text);
  if (message !== undefined) {
    return rejected(message);
  }
  return {
    kind: "rule",
    rule: {
      action,
      sourceLabels: text.source_labels ?? [],
      separator,
      regex: compiled.re2,
      modulus: BigInt(text.modulus ?? 0),
      targetLabel: text.target_label ?? "",
      replacement,
    },
  };
}

function validate(action: RelabelAction, text: RelabelRuleText): string | undefined {
  const { separator = ";", regex = "(.*)", replacement = "$1", modulus = 0 } = text;
  const target = text.target_label ?? "";
  const sources = text.source_labels ?? [];
  const needsTarget = ["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"].includes(action);
  if (action === "hashmod" && BigInt(modulus) === 0n) {
    return "relabel configuration for hashmod requires non-zero modulus";
  }
  if (needsTarget && target === "") {
    return `relabel configuration for ${action} action requires 'target_label' value`;
  }
  const isPlainTarget = ["hashmod", "lowercase", "uppercase", "keepequal", "dropequal"].includes(action);
  if (
    (action === "replace" && !target.includes("$") && !isLabelName(target, "utf8")) ||
    (isPlainTarget && !isLabelName(target, "utf8"))
  ) {
    return `${JSON.stringify(target)} is invalid 'target_label' for ${action} action`;
  }
  if ((action === "lowercase" || action === "uppercase") && replacement !== "$1") {
    return `'replacement' can not be set for ${action} action`;
  }
  if (action === "labelmap" && !isLabelName(replacement.replace(/\$(?:\{\w+\}|\w+)/g, "x"), "legacy")) {
    return `${JSON.stringify(replacement)} is invalid 'replacement' for labelmap action`;
  }
  const others = regex !== "(.*)" || BigInt(modulus) !== 0n || separator !== ";" || replacement !== "$1";
  if ((action === "keepequal" || action === "dropequal") && others) {
    return `${action} action requires only 'source_labels' and 'target_label', and no other fields`;
  }
  const notRegex =
    sources.length > 0 || target !== "" || BigInt(modulus) !== 0n || separator !== ";" || replacement !== "$1";
  if ((action === "labeldrop" || action === "labelkeep") && notRegex) {
    return `${action} action requires only 'regex', and no other fields`;
  }
  return undefined;
}

function rejected(message: string): CompiledRule {
  return { kind: "rejected", message };
}
