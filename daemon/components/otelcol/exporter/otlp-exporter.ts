import type { Acceptance } from "../../../../shared/batch/accept.ts";
import { formats } from "../../../../shared/batch/formats.ts";
import type { Destination } from "../../../../shared/delivery/destination.ts";
import { bySignal } from "../../../../shared/telemetry/otelcol-metrics.ts";
import type { GatherLimits, OtlpConsumer, OtlpRequest } from "../../../controller/capsules.ts";
import type { Component, ComponentContext } from "../../../controller/component.ts";
import type { EgressLimits } from "../../../egress/egress.ts";
import { createOneDestination } from "../../../egress/one-destination.ts";
import type { OpenEgress } from "../../../egress/open-egress.ts";
import { egressService } from "../../../egress/services.ts";
import { untilAborted } from "../../until-aborted.ts";

/** What a component that exports OTLP makes of its arguments. */
export interface OtlpExport {
  readonly destination: () => Destination;
  readonly limits: EgressLimits;
  /** Whether the limits of groups are its own, whatever a batch processor before it says. */
  readonly gathersItself: boolean;
  readonly usesQueue: boolean;
}

/** An exporter's work, whatever its protocol: an input, and the egress behind it. */
export interface OtlpExporter {
  readonly input: OtlpConsumer;
  run(abort: AbortSignal): Promise<void>;
  update(next: OtlpExport): void;
  debugInfo(): Readonly<Record<string, unknown>>;
}

interface ExporterExports {
  readonly input: OtlpConsumer;
}

type Egress = Awaited<ReturnType<OpenEgress>>;

/** Of what is under way when the process ends: how long the destination gets before it is queued. */
const spillAfterMs = 4000;
const stoppedRetryMs = 1000;

/** Makes the exporter of a component: nothing is sent before `run`, and requests that come earlier wait for it. */
export function createOtlpExporter(first: OtlpExport, context: ComponentContext<unknown>): OtlpExporter {
  const { id, emit, metrics } = context;
  const destinations = createOneDestination(first.destination);
  const started = Promise.withResolvers<Egress | undefined>();
  // Whoever waits is answered by `accept`.
  started.promise.catch(() => {});
  let given = first;
  let gathered: GatherLimits | undefined;
  let current = first;
  let egress: Promise<Egress | undefined> = started.promise;
  let isRunning = false;
  let isStopped = false;

  return {
    input: {
      accept,
      gather(limits) {
        gathered = limits;
        change();
      },
    },
    async run(abort) {
      isRunning = true;
      try {
        started.resolve(await open());
      } catch (error) {
        started.resolve(undefined);
        throw error;
      }
      await untilAborted(abort);
      isStopped = true;
      await (await egress)?.close(spillAfterMs);
    },
    update(next) {
      given = next;
      destinations.change(next.destination);
      change();
    },
    debugInfo: () => ({ endpoint: destinations.candidates(id)[0]?.endpoint ?? "" }),
  };

  /** Goes on with other limits: what is under way ends on its own, the new egress takes what comes from now on. */
  function change(): void {
    const next = gathered && !given.gathersItself ? { ...given, limits: limitsWith(given.limits, gathered) } : given;
    const isSame =
      JSON.stringify([next.limits, next.usesQueue]) === JSON.stringify([current.limits, current.usesQueue]);
    current = next;
    if (isSame || !isRunning) return;
    const old = egress;
    egress = old.then(async (before) => {
      if (!before) return before;
      const after = await open();
      void before.close(spillAfterMs);
      return after;
    });
  }

  async function open(): Promise<Egress> {
    const { limits, usesQueue } = current;
    return context.service(egressService)({ name: id, destinations, limits, usesQueue, emit });
  }

  async function accept(request: OtlpRequest, abort?: AbortSignal): Promise<Acceptance> {
    const acceptance = await take(request, abort);
    const { signal } = formats[request.format];
    const kind = acceptance.kind === "accepted" ? bySignal.sent : bySignal.sendFailed;
    metrics.add(kind[signal], { component_id: id }, request.items);
    return acceptance;
  }

  async function take(request: OtlpRequest, abort?: AbortSignal): Promise<Acceptance> {
    const way = isStopped ? undefined : await egress;
    if (!way) return { kind: "unavailable", reason: `${id} is not running`, retryAfterMs: stoppedRetryMs };
    return way.accept(request, abort);
  }
}

/** The `build` of a component that exports OTLP; `exportOf` makes of its arguments what is exported how. */
export function exporting<Args>(exportOf: (given: Args, name: string) => OtlpExport) {
  return (given: Args, context: ComponentContext<ExporterExports>): Component<Args, ExporterExports> => {
    const exporter = createOtlpExporter(exportOf(given, context.id), context);
    return {
      exports: { input: exporter.input },
      run: exporter.run,
      update: (next) => exporter.update(exportOf(next, context.id)),
      debugInfo: exporter.debugInfo,
    };
  };
}

/** A batch processor's limits in terms of the egress. */
function limitsWith(limits: EgressLimits, { items, delayMs, maxItems }: GatherLimits): EgressLimits {
  return {
    ...limits,
    batchItems: items,
    batchDelayMs: delayMs,
    ...(maxItems !== undefined && { maxExportItems: maxItems }),
  };
}
