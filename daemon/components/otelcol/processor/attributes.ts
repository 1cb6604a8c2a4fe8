import { attribute, block, blocks, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { any, bool, int } from "../../../../shared/alloy/plain-types.ts";
import { string } from "../../../../shared/alloy/text-types.ts";
import { loadAttributes } from "../../../../shared/processors/attributes.ts";
import type { MatchArguments } from "../../../../shared/processors/match-items.ts";
import { otlpConsumer } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { debugMetrics } from "../debug-metrics.ts";
import { createOutlet, output } from "../output.ts";
import { anyValueOf } from "./config-value.ts";
import { processOf } from "./loaded.ts";
import { processing } from "./processing.ts";

const action = table({
  key: attribute(string),
  action: required(string),
  value: attribute(any),
  pattern: attribute(string),
  from_attribute: attribute(string),
  from_context: attribute(string),
  converted_type: attribute(string),
});

const keyValue = table({ key: required(string), value: attribute(any) });

const match = table({
  match_type: required(string),
  regexp: block(table({ cache_enabled: attribute(bool), cache_max_num_entries: attribute(int) })),
  services: attribute(list(string)),
  span_names: attribute(list(string)),
  span_kinds: attribute(list(string)),
  log_bodies: attribute(list(string)),
  log_severity_texts: attribute(list(string)),
  log_severity: block(table({ min: required(string), match_undefined: attribute(bool) })),
  metric_names: attribute(list(string)),
  attribute: blocks(keyValue),
  resource: blocks(keyValue),
  library: blocks(table({ name: required(string), version: attribute(any) })),
});

const args = table(
  {
    action: blocks(action),
    include: block(match),
    exclude: block(match),
    output,
    debug_metrics: debugMetrics,
  },
  {
    validate({ action: actions }) {
      const bad = actions.find(({ key, pattern, action: name }) => {
        const takesPattern = ["delete", "hash"].includes(name.toLowerCase());
        return key === "" && !(takesPattern && pattern !== "");
      });
      return bad && `the action ${bad.action} requires the key argument to be set`;
    },
  },
);

/** `otelcol.processor.attributes`: changes attributes of spans, log records and data points. */
export const attributes = defineComponent({
  name: "otelcol.processor.attributes",
  stability: "generally-available",
  arguments: args,
  exports: { input: otlpConsumer },
  build: processing(load),
});

function load(given: DecodedBy<typeof args>, context: ComponentContext<unknown>) {
  const outlet = createOutlet(given.output, context);
  const actions = given.action.map((each) => ({ ...each, value: anyValueOf(each.value) }));
  const loaded = loadAttributes(
    {
      action: actions,
      ...(given.include && { include: matchOf(given.include) }),
      ...(given.exclude && { exclude: matchOf(given.exclude) }),
    },
    outlet.wired,
  );
  return { process: processOf(loaded), outlet };
}

function matchOf({ regexp: _caches, log_severity: severity, ...given }: DecodedBy<typeof match>): MatchArguments {
  const valued = (pairs: DecodedBy<typeof match>["attribute"]) =>
    pairs.map(({ key, value }) => ({ key, value: anyValueOf(value) }));
  return {
    ...given,
    attribute: valued(given.attribute),
    resource: valued(given.resource),
    library: given.library.map(({ name, version }) => ({
      name,
      ...(typeof version === "string" && { version }),
    })),
    ...(severity && { log_severity: severity }),
  };
}
