import { attribute, block, type DecodedBy, table } from "../../shared/alloy/arguments.ts";
import { list } from "../../shared/alloy/composite-types.ts";
import { bool, int, number } from "../../shared/alloy/plain-types.ts";
import { duration, string } from "../../shared/alloy/text-types.ts";
import { otlpConsumer } from "../controller/capsules.ts";
import type { ConfigBlock } from "../controller/config-block.ts";

const jaegerRemote = table({
  url: attribute(string, { default: "http://127.0.0.1:5778/sampling" }),
  max_operations: attribute(int, { default: 256 }),
  refresh_interval: attribute(duration, { default: 60_000 }),
});

const args = table(
  {
    sampling_fraction: attribute(number, { default: 0.1, help: "Share of evaluations that are traced." }),
    write_to: attribute(list(otlpConsumer), { help: "Where the traces of this process go." }),
    sampler: block(table({ jaeger_remote: block(jaegerRemote) }), { unsupported: "use sampling_fraction" }),
    send_traceparent: attribute(bool, { unsupported: "requests to destinations belong to no trace" }),
  },
  {
    validate: ({ write_to: to }) =>
      to.some(({ signals }) => signals !== undefined && !signals.includes("traces"))
        ? "write_to: traces are wired to a component that has no use for them, and would be lost"
        : undefined,
  },
);

export type TracingSettings = DecodedBy<typeof args>;

/** `tracing`: traces of the evaluations of the graph. */
export function tracingBlock(apply: (settings: TracingSettings) => void): ConfigBlock<TracingSettings> {
  return { name: "tracing", kind: "config", stability: "generally-available", arguments: args, apply };
}
