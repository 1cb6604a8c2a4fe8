import { attribute, table } from "../../shared/alloy/arguments.ts";
import { list } from "../../shared/alloy/composite-types.ts";
import { uint } from "../../shared/alloy/plain-types.ts";
import { string } from "../../shared/alloy/text-types.ts";
import type { RelabelRule } from "../../shared/prometheus/relabel/relabel-rule.ts";
import { compileRelabelRule, type RelabelRuleText } from "../../shared/prometheus/relabel/relabel-rule.ts";

/** The block `rule` of every component that relabels. */
export const relabelRule = table(
  {
    source_labels: attribute(list(string)),
    separator: attribute(string, { default: ";" }),
    regex: attribute(string, { default: "(.*)" }),
    modulus: attribute(uint),
    target_label: attribute(string),
    replacement: attribute(string, { default: "$1" }),
    action: attribute(string, { default: "replace" }),
  },
  {
    validate(rule) {
      const compiled = compileRelabelRule(rule);
      return compiled.kind === "rejected" ? compiled.message : undefined;
    },
  },
);

/** Compiles rules that their table has validated. */
export function compileRules(rules: readonly RelabelRuleText[]): readonly RelabelRule[] {
  return rules.map((rule) => {
    const compiled = compileRelabelRule(rule);
    if (compiled.kind === "rejected") throw new Error(compiled.message);
    return compiled.rule;
  });
}
