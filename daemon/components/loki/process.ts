import { family, required, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import type { EntryReceiver } from "../../../shared/loki/entry.ts";
import { fanOut } from "../../../shared/loki/fan-out.ts";
import { createPipeline, type PipelineWorld } from "../../../shared/loki/pipeline.ts";
import { stageTables } from "../../../shared/loki/stages/table.ts";
import { logsReceiver } from "../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../controller/component.ts";
import { untilAborted } from "../until-aborted.ts";

const args = table({
  forward_to: required(list(logsReceiver)),
  stage: family(stageTables, { says: "Stages, in the order of the file." }),
});

/** `loki.process`: sends entries through stages. */
export const process = defineComponent({
  name: "loki.process",
  stability: "generally-available",
  arguments: args,
  exports: { receiver: logsReceiver },
  build(given, context) {
    const world = worldOf(context);
    const start = ({ stage, forward_to: receivers }: typeof given) => createPipeline(stage, fanOut(receivers), world);
    let pipeline = start(given);
    const receiver: EntryReceiver = { consume: (entries) => pipeline.receiver.consume(entries) };
    return {
      exports: { receiver },
      async run(abort) {
        await untilAborted(abort);
        await pipeline.close();
      },
      update(next) {
        const old = pipeline;
        pipeline = start(next);
        // What the old stages hold goes where it was to go; a failure is told to its sources.
        old.close().catch(() => {});
      },
    };
  },
});

function worldOf({ id, clock, random, metrics, emit }: ComponentContext<unknown>): PipelineWorld {
  const reasons = new Set<string>();
  return {
    now: clock.now,
    random,
    later(ms, task) {
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
    dropped(reason, bytes) {
      metrics.add("loki_process_dropped_lines_total", { component_id: id, reason });
      metrics.add("loki_process_dropped_bytes_total", { component_id: id, reason }, bytes);
      if (!reasons.has(reason)) emit("entries.dropped", { reason });
      reasons.add(reason);
    },
    count(name, field = "") {
      if (name === "truncated_fields") metrics.add("loki_process_truncated_fields_total", { component_id: id, field });
      else metrics.add(`loki_process_${name}_total`, { component_id: id });
    },
  };
}
