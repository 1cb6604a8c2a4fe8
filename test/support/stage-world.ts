import { createLineMetrics } from "../../daemon/components/loki/line-metrics.ts";
import { defaultsOf } from "../../shared/alloy/arguments.ts";
import type { PipelineWorld } from "../../shared/loki/pipeline.ts";
import type { StageSpec } from "../../shared/loki/stages/stage.ts";
import { stageTables } from "../../shared/loki/stages/table.ts";
import { toPrometheus } from "../../shared/telemetry/prometheus.ts";

/** A world for stages whose time passes when it is told to, and which writes down what was dropped and counted. */
export function stageWorld(nowMs = Date.UTC(2024, 5, 15)) {
  const dropped: string[] = [];
  const counted: string[] = [];
  const crashed: string[] = [];
  let timers: { readonly at: number; readonly task: () => void }[] = [];
  let now = nowMs;
  const registry = createLineMetrics(() => now);
  const lines = registry.open("loki.process.test");
  const world: PipelineWorld = {
    now: () => now,
    random: () => 0.5,
    later(ms, task) {
      const timer = { at: now + ms, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    dropped: (reason) => void dropped.push(reason),
    crashed: (error) => void crashed.push(String(error)),
    count: (name) => void counted.push(name),
    metric: (definition) => lines.metric(definition),
  };
  function advance(ms: number): void {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { task } of due) task();
  }
  /** The metrics page. */
  const page = () => toPrometheus(registry.series());
  return { world, dropped, counted, crashed, advance, page };
}

/** `stage.<member>` with its defaults and these arguments. */
export function stage(member: string, args: Readonly<Record<string, unknown>> = {}): StageSpec {
  const table = stageTables[member];
  if (table === undefined) throw new Error(`no stage ${member}`);
  return { member, args: { ...(defaultsOf(table) as object), ...args } };
}
