import { attribute, block, table } from "../../../shared/alloy/arguments.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { string } from "../../../shared/alloy/text-types.ts";

/** The block `debug_metrics` of every component of OTLP: its metrics are always the same, and few. */
export const debugMetrics = block(
  table({
    disable_high_cardinality_metrics: attribute(bool, { default: true }),
    level: attribute(string, { default: "detailed" }),
  }),
);
