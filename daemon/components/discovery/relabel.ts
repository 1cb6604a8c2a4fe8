import { blocks, required, table } from "../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../shared/alloy/composite-types.ts";
import { labelPairs, labelsOf } from "../../../shared/prometheus/labels.ts";
import { createRelabel } from "../../../shared/prometheus/relabel/relabel.ts";
import type { RelabelRuleText } from "../../../shared/prometheus/relabel/relabel-rule.ts";
import { relabelRules } from "../../controller/capsules.ts";
import { defineComponent } from "../../controller/component.ts";
import { compileRules, relabelRule } from "../relabel-rules.ts";

/** Gives targets other labels, or drops them. */
export const relabel = defineComponent({
  name: "discovery.relabel",
  stability: "generally-available",
  arguments: table({
    targets: required(list(target), { help: "Targets to work on." }),
    rule: blocks(relabelRule, { help: "What is done to labels, in order." }),
  }),
  exports: { output: list(target), rules: relabelRules },
  build(args, { setExports }) {
    return { exports: exportsOf(args), update: (next) => setExports(exportsOf(next)) };
  },
});

function exportsOf(args: { readonly targets: readonly Target[]; readonly rule: readonly RelabelRuleText[] }) {
  const rules = compileRules(args.rule);
  const apply = createRelabel(rules, "targets");
  const output = args.targets.flatMap((labels): Target[] => {
    const relabelled = apply(labelsOf(labels));
    return relabelled && relabelled.length > 0 ? [new Map(labelPairs(relabelled))] : [];
  });
  return { output, rules };
}
