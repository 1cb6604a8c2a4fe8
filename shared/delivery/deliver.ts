import type { Backoff } from "../backoff.ts";
import type { Batch } from "../batch/batch.ts";
import { formats } from "../batch/formats.ts";
import type { Outcome } from "../batch/outcome.ts";
import type { Clock, Random } from "../clock.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { createCircuit } from "./circuit-breaker.ts";
import type { DeliverContext } from "./deliver-context.ts";
import { createDeliverExport, type DeliverExport } from "./deliver-export.ts";
import { headOf, heldBack, isFinal, type Lane, lanesOf } from "./lanes.ts";
import { type PlanLimits, plan } from "./plan.ts";
import { createSend, type SendOptions } from "./send.ts";

export interface DeliverOptions extends SendOptions, PlanLimits, Backoff {
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /** Most time of one export, milliseconds. */
  readonly exportTimeoutMs: number;
  /** Exports at a time; default 4. */
  readonly concurrency?: number;
}

/** Delivers batches and says what became of each: every one has an outcome. Never rejects. */
export type Deliver = (batches: readonly Batch[], context?: DeliverContext) => Promise<ReadonlyMap<Batch, Outcome>>;

/**
 * From batches to outcomes: plan, merge, send, judge, narrow down. Keep one for the life of a process: it remembers
 * which destinations are down, per signal, because Grafana Cloud's backends fail one by one.
 */
export function createDeliver(options: DeliverOptions): Deliver {
  const { emit, concurrency = 4 } = options;
  const send = createSend(options);
  const exporters = new Map<string, DeliverExport>();

  return async function deliver(batches, context = {}) {
    const outcomes = new Map<Batch, Outcome>();
    const [only] = batches;
    if (only && batches.length === 1) {
      await run(batches);
      return outcomes;
    }
    for (let lanes = lanesOf(batches, context.shards); lanes.length > 0; ) {
      const heads = lanes.map((lane) => headOf(lane, options));
      await runAll([...plan(heads, options)]);
      lanes = lanes.flatMap((lane, at) => goOn(heads[at] ?? [], lane));
    }
    return outcomes;

    async function runAll(exports: (readonly Batch[])[]): Promise<void> {
      const workers = Array.from({ length: Math.min(concurrency, exports.length) }, async () => {
        for (let next = exports.shift(); next; next = exports.shift()) await run(next);
      });
      await Promise.all(workers);
    }

    /** What is left of a lane, where all before it is settled; otherwise it waits. */
    function goOn(head: Lane, lane: Lane): readonly Lane[] {
      const left = lane.slice(head.length);
      if (left.length === 0) return [];
      if (head.every((batch) => isFinal(outcomes.get(batch)))) return [left];
      for (const batch of left) outcomes.set(batch, heldBack);
      return [];
    }

    /** A batch that crashes our own code takes no other one along: its export falls apart into its batches. */
    async function run(chosen: readonly Batch[]): Promise<void> {
      const [first] = chosen;
      if (!first) return;
      try {
        const results = await exporterOf(first)(chosen, context);
        for (const batch of chosen) outcomes.set(batch, results.get(batch) ?? crashed("no outcome"));
      } catch (error) {
        if (chosen.length > 1) {
          const stopped = new Set<string>();
          for (const batch of chosen) {
            const shard = context.shards?.get(batch);
            if (shard !== undefined && stopped.has(shard)) outcomes.set(batch, heldBack);
            else await run([batch]);
            if (shard !== undefined && !isFinal(outcomes.get(batch))) stopped.add(shard);
          }
          return;
        }
        const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        emit("code.crashed", { where: "deliver", error: message.slice(0, 500) });
        outcomes.set(first, crashed(message));
      }
    }
  };

  function exporterOf({ destination, format }: Batch): DeliverExport {
    const key = `${destination} ${formats[format].signal}`;
    const known = exporters.get(key);
    if (known) return known;
    const exporterNow = () => options.destinations.candidates(destination)[0]?.exporter;
    const created = createDeliverExport({
      ...options,
      send,
      circuit: createCircuit({ ...options, destination: key }),
      encodings: () => exporterNow()?.encodings ?? ["identity", "gzip"],
      empty: (name) => exporterNow()?.probe(name),
    });
    exporters.set(key, created);
    if (options.destinations.candidates(destination)[0]?.tls?.insecureSkipVerify) {
      emit("destination.insecure", { destination });
    }
    return created;
  }
}

function crashed(message: string): Outcome {
  return { kind: "rejected", reason: "crashed", message };
}
