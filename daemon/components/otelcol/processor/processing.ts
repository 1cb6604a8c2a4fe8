import { randomBytes } from "node:crypto";
import type { Acceptance } from "../../../../shared/batch/accept.ts";
import { formats } from "../../../../shared/batch/formats.ts";
import { monotonic } from "../../../../shared/clock.ts";
import { countItems } from "../../../../shared/edit/count-items.ts";
import type { OttlHost } from "../../../../shared/ottl/host.ts";
import type { OnStatementError, Process, Processed, RequestContext } from "../../../../shared/processors/processor.ts";
import type { OtlpConsumer, OtlpRequest } from "../../../controller/capsules.ts";
import type { Component, ComponentContext } from "../../../controller/component.ts";
import type { Outlet } from "../output.ts";

interface ProcessorExports {
  readonly input: OtlpConsumer;
}

const refusedRetryMs = 5000;
/** Of each statement one failure in this time is logged. */
const logEveryMs = 60_000;
const noMetadata: ReadonlyMap<string, readonly string[]> = new Map();

/** A consumer that runs a processor on each request, passes on what is left of it, and counts what went. */
export function createProcessing(
  current: () => Loaded,
  context: Pick<ComponentContext<unknown>, "id" | "metrics">,
): OtlpConsumer {
  const { id, metrics } = context;

  return {
    gather: (limits) => current().outlet.gather(limits),
    async accept(request, abort): Promise<Acceptance> {
      const { process, outlet } = current();
      const { signal } = formats[request.format];
      const labels = { component_id: id, signal };
      metrics.add("otelcol_processor_incoming_items_total", labels, request.items);
      const processed = process(request.bytes, signal, contextOf(request));
      if (processed.kind === "refused") {
        metrics.add("otelcol_processor_refused_requests_total", { ...labels, reason: "statement" });
        return { kind: "unavailable", reason: `${id}: ${processed.reason}`, retryAfterMs: refusedRetryMs };
      }
      if (processed.droppedItems > 0)
        metrics.add("otelcol_processor_dropped_items_total", { ...labels, reason: "rule" }, processed.droppedItems);
      if (processed.kind === "nothing") return { kind: "accepted" };
      const next = nextRequest(request, processed);
      metrics.add("otelcol_processor_outgoing_items_total", labels, next.items);
      return outlet.accept(next, abort);
    },
  };
}

/** What is known of the client, as far as its receiver keeps it. */
function contextOf(request: OtlpRequest): RequestContext {
  const { metadata = noMetadata, clientAddress } = request;
  const auth = authOf(request);
  return {
    metadata,
    ...(clientAddress !== undefined && { clientAddress }),
    ...(auth.length > 0 && { auth: new Map(auth) }),
  };
}

/** Who was let in: the sender of the settings, and whom AWS knows (`arn:aws:sts::123456789012:assumed-role/…`). */
function authOf({ sender, principal }: OtlpRequest): (readonly [string, string])[] {
  const account = principal?.split(":")[4];
  const known = { sender: sender?.name, tenant: sender?.tenant, principal, account };
  return Object.entries(known).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

/** What a processor's arguments come to. */
export interface Loaded {
  readonly process: Process;
  readonly outlet: Outlet;
}

/**
 * The `build` of a processor whose arguments alone say what it does to a request.
 * @example build: processing((given, context) => ({ process, outlet: createOutlet(given.output, context) }))
 */
export function processing<Args>(load: (given: Args, context: ComponentContext<ProcessorExports>) => Loaded) {
  return (given: Args, context: ComponentContext<ProcessorExports>): Component<Args, ProcessorExports> => {
    let current = load(given, context);
    return {
      exports: { input: createProcessing(() => current, context) },
      update(next) {
        current = load(next, context);
      },
    };
  };
}

/** The same request where nothing changed, its gzip form included. */
function nextRequest(request: OtlpRequest, { bytes }: Extract<Processed, { kind: "passed" }>): OtlpRequest {
  if (bytes === request.bytes) return request;
  const { gzip: _stale, ...rest } = request;
  const { signal } = formats[request.format];
  const items = countItems(bytes, { from: 0, to: bytes.length }, { kind: "request", signal });
  return { ...rest, bytes, items };
}

/** The clock and randomness of OTTL. */
export function ottlHost({ clock }: Pick<ComponentContext<unknown>, "clock">): OttlHost {
  return {
    now: () => BigInt(Math.floor(clock.now())) * 1_000_000n,
    randomBytes: () => new Uint8Array(randomBytes(16)),
  };
}

/** Counts failures of statements, and logs each statement once a minute at most. */
export function statementErrors(
  context: Pick<ComponentContext<unknown>, "id" | "clock" | "emit" | "metrics">,
): OnStatementError {
  const { id, clock, emit, metrics } = context;
  const logged = new Map<string, { at: number; suppressed: number }>();

  return ({ text, reason }) => {
    metrics.add("otelcol_processor_failed_statements_total", { component_id: id });
    const now = monotonic(clock);
    const last = logged.get(text);
    if (last && now - last.at < logEveryMs) {
      last.suppressed++;
      return;
    }
    emit("statement.failed", {
      statement: text.slice(0, 500),
      reason: reason.slice(0, 500),
      suppressed: last?.suppressed ?? 0,
    });
    logged.set(text, { at: now, suppressed: 0 });
  };
}
