import type { Batch } from "../batch/batch.ts";
import { type FormatName, formats } from "../batch/formats.ts";
import type { Retry } from "../batch/outcome.ts";
import { type AttemptOptions, attempt } from "./attempt.ts";
import type { DeliverContext } from "./deliver-context.ts";
import type { Payload } from "./exporter.ts";

/** Knows the tenants for whom a destination refuses whatever it is sent: then it is not their data. */
export interface Refusals {
  /** Whether it was so when it was last asked. */
  isKnown(batch: Batch): boolean;
  /** Sends a request that holds nothing: refused as well, everything waits for the operator, and the circuit opens. */
  ask(batch: Batch, context: DeliverContext): Promise<Retry | undefined>;
}

export interface RefusalsOptions extends AttemptOptions {
  readonly empty: (format: FormatName) => Payload | undefined;
}

/** More tenants than this are asked about again. */
const maxTenants = 1000;

/** Keep one for each destination and signal. */
export function createRefusals(options: RefusalsOptions): Refusals {
  const { circuit, emit, empty } = options;
  const refusing = new Set<string | undefined>();

  return {
    isKnown: ({ tenant }) => refusing.has(tenant),
    async ask({ format, destination, tenant }, context) {
      refusing.delete(tenant);
      const payload = empty(format);
      if (!payload || formats[format].ordered) return undefined;
      const nothing = { items: 0, batches: 0, acceptedAt: options.clock.now() };
      const load = { ...payload, destination, ...(tenant !== undefined && { tenant }), ...nothing };
      const { attempted } = await attempt(() => load, { ...context, isTrial: true }, options);
      if (attempted.kind !== "refused") return undefined;
      const { status } = attempted;
      const message = `it refuses even a request that holds nothing: ${attempted.message}`;
      emit("destination.misconfigured", { destination, status, message });
      if (refusing.size < maxTenants) refusing.add(tenant);
      // Of one tenant among others the others know nothing.
      if (tenant === undefined) circuit.record({ kind: "misconfigured", status, message });
      return { kind: "retry", cause: "failed", reason: message };
    },
  };
}
