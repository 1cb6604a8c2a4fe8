import { attribute, blocks, required, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import { int } from "../../../shared/alloy/plain-types.ts";
import type { EntryReceiver } from "../../../shared/loki/entry-receiver.ts";
import { fanOut } from "../../../shared/loki/fan-out.ts";
import { logsReceiver, relabelRules } from "../../controller/capsules.ts";
import { defineComponent } from "../../controller/component.ts";
import { compileRules, relabelRule } from "../relabel-rules.ts";
import { createRelabelEntries, type RelabelCache } from "./relabel-entries.ts";

const args = table(
  {
    forward_to: required(list(logsReceiver)),
    rule: blocks(relabelRule),
    max_cache_size: attribute(int, { default: 10_000, help: "Sets of labels whose result is kept." }),
  },
  { validate: ({ max_cache_size: max }) => (max >= 0 ? undefined : "max_cache_size must be >= 0") },
);

/** `loki.relabel`: gives entries other labels by rules; entries that lose all labels are dropped. */
export const relabel = defineComponent({
  name: "loki.relabel",
  stability: "generally-available",
  arguments: args,
  exports: { receiver: logsReceiver, rules: relabelRules },
  build(given, { id, metrics, setExports }) {
    const start = ({ forward_to: receivers, rule: rules, max_cache_size: max }: typeof given) => {
      const compiled = compileRules(rules);
      const cache: RelabelCache = { hits: 0, misses: 0, size: 0 };
      const relabelled = createRelabelEntries(compiled, max, cache);
      return { rules: compiled, relabelled, cache, next: fanOut(receivers) };
    };
    let current = start(given);
    const receiver: EntryReceiver = {
      async consume(entries) {
        const { relabelled, cache, next } = current;
        const { hits, misses } = cache;
        const kept = relabelled(entries);
        metrics.add("loki_relabel_cache_hits", { component_id: id }, cache.hits - hits);
        metrics.add("loki_relabel_cache_misses", { component_id: id }, cache.misses - misses);
        metrics.set("loki_relabel_cache_size", { component_id: id }, cache.size);
        metrics.add("loki_relabel_entries_processed", { component_id: id }, entries.length);
        metrics.add("loki_relabel_entries_written", { component_id: id }, kept.length);
        if (kept.length > 0) await next.consume(kept);
      },
    };
    return {
      exports: { receiver, rules: current.rules },
      update(next) {
        current = start(next);
        setExports({ receiver, rules: current.rules });
      },
    };
  },
});
