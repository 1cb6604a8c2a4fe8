import { type DecodedBy, family, required, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import { equalArguments } from "../../../shared/alloy/equal-arguments.ts";
import { errorText } from "../../../shared/error-text.ts";
import type { EntryReceiver } from "../../../shared/loki/entry-receiver.ts";
import { fanOut } from "../../../shared/loki/fan-out.ts";
import { createPipeline, type Pipeline, type PipelineWorld } from "../../../shared/loki/pipeline.ts";
import { stageHints } from "../../../shared/loki/stages/stage-hints.ts";
import { stageTables } from "../../../shared/loki/stages/table.ts";
import { logsReceiver } from "../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../controller/component.ts";
import { untilAborted } from "../until-aborted.ts";
import { type ComponentLineMetrics, lineMetricsService } from "./line-metrics.ts";

const args = table(
  {
    forward_to: required(list(logsReceiver)),
    stage: family(stageTables, { help: "Stages, in the order of the file." }),
  },
  { hints: stageHints },
);

type Arguments = DecodedBy<typeof args>;

/** `loki.process`: sends entries through stages. */
export const process = defineComponent({
  name: "loki.process",
  stability: "generally-available",
  arguments: args,
  exports: { receiver: logsReceiver },
  build(given, context) {
    let current = given;
    let next = fanOut(given.forward_to);
    let running = start(given.stage);

    function start(stages: Arguments["stage"]): Running {
      let lines: ComponentLineMetrics | undefined;
      const world = worldOf(context, (definition) => {
        lines ??= context.service(lineMetricsService).open(context.id);
        return lines.metric(definition);
      });
      // Where entries go may change while the stages stay.
      try {
        const pipeline = createPipeline(
          stages,
          { consume: (entries) => next.consume(entries), lend: () => next.lend?.() },
          world,
        );
        return { pipeline, forget: () => lines?.close() };
      } catch (error) {
        lines?.close();
        throw error;
      }
    }

    const receiver: EntryReceiver = {
      consume: (entries) => running.pipeline.receiver.consume(entries),
      lend: () => running.pipeline.receiver.lend?.(),
    };
    return {
      exports: { receiver },
      async run(abort) {
        await untilAborted(abort);
        await running.pipeline.close();
        running.forget();
      },
      update(args) {
        const areStagesEqual = equalArguments(args.stage, current.stage);
        const fresh = areStagesEqual ? undefined : start(args.stage);
        const old = running;
        current = args;
        if (fresh !== undefined) {
          running = fresh;
          old.forget();
          // What the old stages hold goes on too; a failure is reported to its sources.
          old.pipeline.close().catch(() => {});
        }
        next = fanOut(args.forward_to);
      },
    };
  },
});

/** Stages at work, and what their lines count. */
interface Running {
  readonly pipeline: Pipeline;
  /** Takes their metrics off the page. */
  forget(): void;
}

/** Drops and faults that are reported once. */
const maxReasons = 1_000;

function worldOf(
  { id, clock, random, metrics, emit }: ComponentContext<unknown>,
  metric: PipelineWorld["metric"],
): PipelineWorld {
  const reasons = new Set<string>();
  return {
    now: clock.now,
    random,
    metric,
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
    crashed(error) {
      const message = errorText(error);
      if (!reasons.has(message)) emit("code.crashed", { where: id, error: message.slice(0, 500) });
      if (reasons.size < maxReasons) reasons.add(message);
    },
    count(name, field = "", value = "") {
      if (name === "dropped_lines_by_label") {
        const dropped = { component_id: id, label_name: field, label_value: value };
        metrics.add("loki_process_dropped_lines_by_label_total", dropped);
      } else if (name === "truncated_fields")
        metrics.add("loki_process_truncated_fields_total", { component_id: id, field });
      else metrics.add(`loki_process_${name}_total`, { component_id: id });
    },
  };
}
