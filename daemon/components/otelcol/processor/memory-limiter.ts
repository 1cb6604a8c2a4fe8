import type { DecodedBy } from "../../../../shared/alloy/arguments.ts";
import { attribute, required, table } from "../../../../shared/alloy/arguments.ts";
import { int } from "../../../../shared/alloy/plain-types.ts";
import { duration, size } from "../../../../shared/alloy/text-types.ts";
import { formats } from "../../../../shared/batch/formats.ts";
import { monotonic } from "../../../../shared/clock.ts";
import { otlpConsumer } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { createOutlet, output } from "../output.ts";

const args = table(
  {
    check_interval: required(duration),
    limit: attribute(size),
    spike_limit: attribute(size, { help: "Default: a fifth of limit." }),
    limit_percentage: attribute(int),
    spike_limit_percentage: attribute(int),
    min_gc_interval_when_soft_limited: attribute(duration, { default: 10_000 }),
    min_gc_interval_when_hard_limited: attribute(duration),
    output,
    debug_metrics: debugMetrics,
  },
  {
    validate(given) {
      const { check_interval: interval, limit, limit_percentage: percentage } = given;
      const { spike_limit: spike, spike_limit_percentage: spikePercentage } = given;
      if (interval <= 0) return "check_interval must be greater than zero";
      if (limit > 0 && percentage > 0) return "either limit or limit_percentage must be set, but not both";
      if (limit > 0) return spike >= limit ? "spike_limit must be less than limit" : undefined;
      const areSensible = percentage > 0 && percentage <= 100 && spikePercentage > 0 && spikePercentage < percentage;
      if (areSensible) return undefined;
      if (percentage <= 0) return "either limit or limit_percentage must be set to greater than zero";
      return "limit_percentage and spike_limit_percentage must be greater than 0 and less than or equal to 100, the spike below the limit";
    },
  },
);

const retryAfterMs = 1000;

/** `otelcol.processor.memory_limiter`: asks clients to come back while the process holds too much memory. */
export const memoryLimiter = defineComponent({
  name: "otelcol.processor.memory_limiter",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build(given, context) {
    const { id, clock, metrics } = context;
    let outlet = createOutlet(given.output, context);
    let current = given;
    let checkedAt = Number.NEGATIVE_INFINITY;
    let isOver = false;

    function check(): boolean {
      const now = monotonic(clock);
      if (now - checkedAt < current.check_interval) return isOver;
      checkedAt = now;
      isOver = process.memoryUsage.rss() > softLimit(current);
      return isOver;
    }

    return {
      exports: {
        input: {
          gather: (limits) => outlet.gather(limits),
          async accept(request, abort) {
            if (!check()) return outlet.accept(request, abort);
            const { signal } = formats[request.format];
            const reason = "memory";
            metrics.add("otelcol_processor_refused_requests_total", { component_id: id, signal, reason });
            return { kind: "unavailable", reason: `${id}: data refused due to high memory usage`, retryAfterMs };
          },
        },
      },
      update(next) {
        outlet = createOutlet(next.output, context);
        current = next;
      },
    };
  },
});

/** Above this many bytes requests are refused. */
function softLimit({ limit, spike_limit: spike, ...given }: DecodedBy<typeof args>): number {
  if (limit > 0) return limit - (spike || limit / 5);
  const total = process.constrainedMemory() || process.availableMemory();
  return (total * (given.limit_percentage - given.spike_limit_percentage)) / 100;
}
