import { attribute, blocks, required, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import { int } from "../../../shared/alloy/plain-types.ts";
import type { EntryReceiver, LentEntries } from "../../../shared/loki/entry-receiver.ts";
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
    /** Counts what went through, and what the cache was good for since `before`. */
    function count({ hits, misses, size }: RelabelCache, before: RelabelCache, [processed, written]: [number, number]) {
      const labels = { component_id: id };
      metrics.add("loki_relabel_cache_hits", labels, hits - before.hits);
      metrics.add("loki_relabel_cache_misses", labels, misses - before.misses);
      metrics.set("loki_relabel_cache_size", labels, size);
      metrics.add("loki_relabel_entries_processed", labels, processed);
      metrics.add("loki_relabel_entries_written", labels, written);
    }

    function lend(): LentEntries | undefined {
      const { next, relabelled, cache } = current;
      const lent = next.lend?.();
      if (lent === undefined) return undefined;
      const before = { ...cache };
      let [processed, written] = [0, 0];
      return {
        add(entry) {
          processed += 1;
          const labels = relabelled.labels(entry.labels);
          if (labels === undefined) return;
          written += 1;
          entry.labels = labels;
          lent.add(entry);
        },
        end() {
          count(cache, before, [processed, written]);
          return lent.end();
        },
      };
    }

    const receiver: EntryReceiver = {
      async consume(entries) {
        const { relabelled, cache, next } = current;
        const before = { ...cache };
        const kept = relabelled.entries(entries);
        count(cache, before, [entries.length, kept.length]);
        if (kept.length > 0) await next.consume(kept);
      },
      lend,
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
