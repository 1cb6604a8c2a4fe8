import { attribute, type DecodedBy, requiredBlock, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import type { Acceptance } from "../../../shared/batch/accept.ts";
import { formats } from "../../../shared/batch/formats.ts";
import { type SignalName, signalNames } from "../../../shared/signal.ts";
import { type GatherLimits, type OtlpConsumer, type OtlpRequest, otlpConsumer } from "../../controller/capsules.ts";
import type { ComponentContext } from "../../controller/component.ts";

const consumers = attribute(list(otlpConsumer));

const outputTable = table({ metrics: consumers, logs: consumers, traces: consumers });

/** The block `output` of every component that passes OTLP on. */
export const output = requiredBlock(outputTable, { help: "Where each signal goes; a request goes to all of a list." });

export type Output = DecodedBy<typeof outputTable>;

/** Hands requests to the consumers of their signal. */
export interface Outlet extends OtlpConsumer {
  gather(limits: GatherLimits): void;
  /** The signals that go anywhere. */
  readonly wired: readonly SignalName[];
}

/**
 * The way out of a component. A request counts as accepted when all consumers have accepted it. A signal that is wired to
 * nothing is dropped, counted, and logged once. Throws an `Error` for a consumer that has no use for its signal.
 */
export function createOutlet(to: Output, context: Pick<ComponentContext<unknown>, "id" | "emit" | "metrics">): Outlet {
  const { id, emit, metrics } = context;
  const told = new Set<SignalName>();
  for (const signal of signalNames) {
    if (to[signal].some(({ signals }) => signals !== undefined && !signals.includes(signal)))
      throw new Error(`output: ${signal} are wired to a component that has no use for them, and would be lost`);
  }

  return {
    gather(limits) {
      for (const signal of signalNames) for (const consumer of to[signal]) consumer.gather?.(limits);
    },
    wired: signalNames.filter((signal) => to[signal].length > 0),
    async accept(request, abort) {
      const { signal } = formats[request.format];
      const [first, ...others] = to[signal];
      if (!first) {
        drop(signal, request);
        return { kind: "accepted" };
      }
      if (others.length === 0) return first.accept(request, abort);
      return joined(await Promise.all([first, ...others].map((consumer) => consumer.accept(request, abort))));
    },
  };

  function drop(signal: SignalName, { items }: OtlpRequest): void {
    metrics.add("otelcol_processor_dropped_items_total", { component_id: id, signal, reason: "empty output" }, items);
    if (told.has(signal)) return;
    told.add(signal);
    emit("items.dropped", { signal, items, reason: `output has no consumer for ${signal}` });
  }
}

/** The answer to a client that sent to several: it sends again what one of them could not take. */
function joined(acceptances: readonly Acceptance[]): Acceptance {
  let rejected: { readonly items: number; readonly message: string } | undefined;
  for (const acceptance of acceptances) {
    if (acceptance.kind === "unavailable") return acceptance;
    if (acceptance.rejected && acceptance.rejected.items > (rejected?.items ?? 0)) rejected = acceptance.rejected;
  }
  return { kind: "accepted", ...(rejected && { rejected }) };
}
