import { attribute, required, table } from "../../shared/alloy/arguments.ts";
import { list } from "../../shared/alloy/composite-types.ts";
import { string } from "../../shared/alloy/text-types.ts";
import { createFanOut, type Target } from "../../shared/commit/fan-out.ts";
import type { SenderTokens } from "../../shared/http/auth.ts";
import { forChosen } from "../../shared/senders/with-senders.ts";
import { type ReportSelfOptions, reportSelf } from "../../shared/telemetry/report-self.ts";
import { otlp } from "../components/otelcol/receiver/otlp.ts";
import { authHandler, otlpConsumer } from "../controller/capsules.ts";
import { type ComponentDefinition, defineComponent, type ServiceKey } from "../controller/component.ts";

/** What the settings say, for the components of their graph. */
export interface FromSettings {
  readonly senderTokens: SenderTokens;
  /** The ways to the destinations, by name. */
  readonly targets: ReadonlyMap<string, Target>;
  readonly self: Omit<ReportSelfOptions, "accept" | "abort" | "emit" | "clock">;
}

/** What the components of the settings' graph take from the settings. */
export const settingsService: ServiceKey<FromSettings> = { name: "settings" };

/** `sluice.senders`: the tokens that senders may use. */
const senders = defineComponent({
  name: "sluice.senders",
  stability: "generally-available",
  arguments: table({}),
  exports: { handler: authHandler },
  build: (_args, context) => ({
    exports: { handler: { server: context.service(settingsService).senderTokens } },
    update() {},
  }),
});

/** `sluice.destination`: the way to a destination of the settings. */
const destination = defineComponent({
  name: "sluice.destination",
  stability: "generally-available",
  arguments: table({ name: required(string) }),
  exports: { input: otlpConsumer },
  build({ name }, context) {
    const target = context.service(settingsService).targets.get(name);
    if (!target) throw new Error(`there is no destination ${JSON.stringify(name)}`);
    return { exports: { input: { ...target, accept: forChosen(name, target.accept) } }, update() {} };
  },
});

/** `sluice.telemetry`: the metrics of this process, on the way that everything takes. */
const telemetry = defineComponent({
  name: "sluice.telemetry",
  stability: "generally-available",
  arguments: table({ to: attribute(list(otlpConsumer)) }),
  exports: {},
  build({ to }, { service, emit, clock }) {
    const accept = createFanOut(to.map((consumer) => ({ accept: consumer.accept, signals: ["metrics"] as const })));
    return {
      exports: {},
      run: (abort) => reportSelf({ ...service(settingsService).self, accept, emit, clock, abort }),
      update() {},
    };
  },
});

/** The components of the graph of the settings, by name: a receiver as in any configuration, and what stands for the settings. */
export const settingsComponents: ReadonlyMap<string, ComponentDefinition> = new Map(
  ([otlp, senders, destination, telemetry] as readonly ComponentDefinition[]).map((each) => [each.name, each]),
);
