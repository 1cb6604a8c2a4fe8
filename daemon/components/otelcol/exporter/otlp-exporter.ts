import type { Acceptance } from "../../../../shared/batch/accept.ts";
import { formats } from "../../../../shared/batch/formats.ts";
import type { Destination } from "../../../../shared/delivery/destination.ts";
import { bySignal } from "../../../../shared/telemetry/metrics/otelcol-metrics.ts";
import type { GatherLimits, OtlpConsumer, OtlpRequest } from "../../../controller/capsules.ts";
import type { Component, ComponentContext } from "../../../controller/component.ts";
import type { EgressLimits } from "../../../egress/egress.ts";
import { createOneDestination, type OneDestination } from "../../../egress/one-destination.ts";
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

/** Nothing is sent before `run`, and requests that come earlier wait for it. */
class ReplaceableExporter implements OtlpExporter {
  readonly input: OtlpConsumer = {
    accept: (request, abort) => this.accept(request, abort),
    gather: (limits) => {
      this.gathered = limits;
      this.change();
    },
  };
  private readonly context: ComponentContext<unknown>;
  private readonly destinations: OneDestination;
  private readonly started = Promise.withResolvers<Egress | undefined>();
  private given: OtlpExport;
  private gathered: GatherLimits | undefined;
  /** What the egress was opened with. */
  private current: OtlpExport;
  private egress: Promise<Egress | undefined> = this.started.promise;
  private isRunning = false;
  private isStopped = false;

  constructor(first: OtlpExport, context: ComponentContext<unknown>) {
    this.context = context;
    this.destinations = createOneDestination(first.destination);
    this.given = first;
    this.current = first;
    // Whoever waits is answered by `accept`.
    this.started.promise.catch(() => {});
  }

  async run(abort: AbortSignal): Promise<void> {
    this.isRunning = true;
    try {
      this.started.resolve(await this.open());
    } catch (error) {
      this.started.resolve(undefined);
      throw error;
    }
    await untilAborted(abort);
    this.isStopped = true;
    await (await this.egress)?.close(spillAfterMs);
  }

  update(next: OtlpExport): void {
    this.given = next;
    this.destinations.change(next.destination);
    this.change();
  }

  debugInfo(): Readonly<Record<string, unknown>> {
    return { endpoint: this.destinations.candidates(this.context.id)[0]?.endpoint ?? "" };
  }

  /** Goes on with other limits: what is under way ends on its own, the new egress takes what comes from now on. */
  private change(): void {
    const next =
      this.gathered && !this.given.gathersItself
        ? { ...this.given, limits: limitsWith(this.given.limits, this.gathered) }
        : this.given;
    const isSame =
      JSON.stringify([next.limits, next.usesQueue]) === JSON.stringify([this.current.limits, this.current.usesQueue]);
    this.current = next;
    if (isSame || !this.isRunning) return;
    const old = this.egress;
    this.egress = old.then(async (before) => {
      if (!before) return before;
      const after = await this.open();
      void before.close(spillAfterMs);
      return after;
    });
  }

  private async open(): Promise<Egress> {
    const { limits, usesQueue } = this.current;
    const { destinations, context } = this;
    const { id, emit } = context;
    return context.service(egressService)({ name: id, destinations, limits, usesQueue, emit });
  }

  private async accept(request: OtlpRequest, abort?: AbortSignal): Promise<Acceptance> {
    const acceptance = await this.take(request, abort);
    const { signal } = formats[request.format];
    const kind = acceptance.kind === "accepted" ? bySignal.sent : bySignal.sendFailed;
    this.context.metrics.add(kind[signal], { component_id: this.context.id }, request.items);
    return acceptance;
  }

  private async take(request: OtlpRequest, abort?: AbortSignal): Promise<Acceptance> {
    const way = this.isStopped ? undefined : await this.egress;
    if (!way) return { kind: "unavailable", reason: `${this.context.id} is not running`, retryAfterMs: stoppedRetryMs };
    return way.accept(request, abort);
  }
}

/** The `build` of a component that exports OTLP; `exportOf` makes of its arguments what is exported how. */
export function exporting<Args>(exportOf: (given: Args, name: string) => OtlpExport) {
  return (given: Args, context: ComponentContext<ExporterExports>): Component<Args, ExporterExports> => {
    const exporter = new ReplaceableExporter(exportOf(given, context.id), context);
    return {
      exports: { input: exporter.input },
      run: (abort) => exporter.run(abort),
      update: (next) => exporter.update(exportOf(next, context.id)),
      debugInfo: () => exporter.debugInfo(),
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
