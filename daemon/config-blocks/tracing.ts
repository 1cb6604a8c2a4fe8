import { attribute, block, table } from "../../shared/alloy/arguments.ts";
import { list } from "../../shared/alloy/composite-types.ts";
import { any, bool, number } from "../../shared/alloy/plain-types.ts";
import { otlpConsumer } from "../controller/capsules.ts";
import type { ConfigBlock } from "../controller/config-block.ts";

const none = "Sluice makes no traces of itself; leave the block out";

/** `tracing`: read, and refused where it asks for traces. */
export const tracingBlock: ConfigBlock = {
  name: "tracing",
  kind: "config",
  stability: "generally-available",
  arguments: table({
    sampling_fraction: attribute(number, { default: 0.1, says: "Without effect: no traces are made." }),
    write_to: attribute(list(otlpConsumer), { unsupported: none }),
    sampler: block(table({ jaeger_remote: block(table({ url: attribute(any) })) }), { unsupported: none }),
    send_traceparent: attribute(bool, { unsupported: none }),
  }),
  apply() {},
};
