import type { Batch } from "../batch/batch.ts";
import type { Outcome } from "../batch/outcome.ts";
import { attempt } from "./attempt.ts";
import type { DeliverContext } from "./deliver-context.ts";
import { DestinationMemory } from "./destination-memory.ts";
import { type ExportOptions, ExportRun, type Outcomes } from "./export-run.ts";
import { createShardOrder, heldBack } from "./lanes.ts";
import { loadAlone, open } from "./pieces.ts";
import { createRefusals } from "./refusals.ts";

/** What is known to fail alone is sent alone, up to so many of an export. */
const maxAlone = 8;

/** Delivers the batches of one export, all of one format and destination. Rejects only for bugs. */
export type DeliverExport = (batches: readonly Batch[], context: DeliverContext) => Promise<Outcomes>;

/** Keep one for each destination and signal: it remembers what failed there alone, and when anything was taken. */
export function createDeliverExport(options: ExportOptions): DeliverExport {
  const { random } = options;
  const memory = new DestinationMemory(options);
  const refusals = createRefusals(options);

  return async function deliverExport(batches, context) {
    const [first] = batches;
    if (!first) return new Map();
    const order = createShardOrder(batches, context.shards);
    const run = new ExportRun({ options, memory, refusals, first, order, context });
    const { wasOpen, encodings } = run;
    if (batches.length === 1 && encodings.includes(first.encoding)) {
      // A batch alone travels as it is stored, once it is compressed: nobody looks into it unless it is refused.
      const isTrial = wasOpen && memory.isNewcomer(await open(first));
      const made = await attempt(() => loadAlone(first, encodings), { ...context, isTrial }, options);
      if (made.attempted.kind === "delivered") return new Map([[first, memory.taken(made.attempted)]]);
      if (!made.verdict && made.attempted.kind === "retry") return new Map([[first, made.attempted]]);
      const opened = await open(first);
      return "damage" in opened ? new Map([[first, damaged(opened.damage)]]) : run.judge([opened], made);
    }
    const opened = await Promise.all(batches.map(open));
    const pieces = opened.flatMap((piece) => ("damage" in piece ? [] : piece));
    const damages = opened.flatMap((piece) => ("damage" in piece ? piece : []));
    const alone = pieces
      .filter((piece) => memory.failures.has(piece.bytes) && order.isFree(piece.batch))
      .slice(0, maxAlone);
    const outcomes = new Map<Batch, Outcome>(damages.map(({ batch, damage }) => [batch, damaged(damage)]));
    // Those last: what they meet must not keep the others waiting.
    const others = pieces.filter((piece) => !alone.includes(piece));
    // The trial of a destination that is down is one batch, another one each time: it may be the batch that fails, after all.
    const heads = others.filter(({ batch }) => order.isHead(batch));
    const [trial] = wasOpen ? heads.splice(Math.floor(random() * heads.length), 1) : [];
    const behind = others.filter((piece) => piece !== trial);
    for (const group of [trial ? [trial] : [], behind, ...alone.map((piece) => [piece])]) {
      const sent = group.filter(({ batch }) => !order.isHeldBack(batch, outcomes));
      const [one] = sent;
      if (!one) continue;
      const isTrial = one === trial && memory.isNewcomer(one);
      for (const [batch, outcome] of await run.judge(sent, await run.send(sent, isTrial))) outcomes.set(batch, outcome);
    }
    for (const { batch } of pieces) if (!outcomes.has(batch)) outcomes.set(batch, heldBack);
    return outcomes;
  };
}

function damaged(message: string): Outcome {
  return { kind: "rejected", reason: "undecodable", message };
}
