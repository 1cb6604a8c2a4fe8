import { attribute, blocks, required, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import { int } from "../../../shared/alloy/plain-types.ts";
import { duration } from "../../../shared/alloy/text-types.ts";
import { fanOutSamples } from "../../../shared/prometheus/fan-out.ts";
import { createRelabel } from "../../../shared/prometheus/relabel/relabel.ts";
import type { RelabelRuleText } from "../../../shared/prometheus/relabel/relabel-rule.ts";
import { createRelabelSamples } from "../../../shared/prometheus/relabel/relabel-samples.ts";
import type { SampleReceiver } from "../../../shared/prometheus/sample.ts";
import { relabelRules, sampleReceiver } from "../../controller/capsules.ts";
import { defineComponent } from "../../controller/component.ts";
import { compileRules, relabelRule } from "../relabel-rules.ts";

interface Args {
  readonly forward_to: readonly SampleReceiver[];
  readonly rule: readonly RelabelRuleText[];
}

/** Gives samples other labels, or drops them. */
export const relabel = defineComponent({
  name: "prometheus.relabel",
  stability: "generally-available",
  arguments: table(
    {
      forward_to: required(list(sampleReceiver), { help: "Where samples go." }),
      rule: blocks(relabelRule, { help: "What is done to labels, in order." }),
      max_cache_size: attribute(int, {
        default: 100_000,
        help: "Taken, and without effect: what becomes of a series is kept with the series.",
      }),
      cache_ttl: attribute(duration, { help: "Taken, and without effect, as max_cache_size." }),
    },
    { validate: (args) => (args.max_cache_size < 0 ? "max_cache_size must be >= 0" : undefined) },
  ),
  exports: { receiver: sampleReceiver, rules: relabelRules },
  build(args, { id, metrics, setExports }) {
    const component = { component_id: id };
    let apply = setUp(args);

    const receiver: SampleReceiver = {
      async consume(batch) {
        metrics.add("alloy_prometheus_relabel_metrics_processed", component, batch.series.length);
        const relabelled = apply.relabel(batch);
        metrics.add("alloy_prometheus_relabel_metrics_written", component, relabelled.series.length);
        if (relabelled.series.length > 0 || relabelled.metadata.length > 0) {
          await apply.next.consume(relabelled);
        }
      },
    };

    return {
      exports: { receiver, rules: apply.rules },
      update(next) {
        apply = setUp(next);
        setExports({ receiver, rules: apply.rules });
      },
    };
  },
});

function setUp(args: Args) {
  const rules = compileRules(args.rule);
  return {
    rules,
    relabel: createRelabelSamples(createRelabel(rules, "metrics")),
    next: fanOutSamples(args.forward_to),
  };
}
