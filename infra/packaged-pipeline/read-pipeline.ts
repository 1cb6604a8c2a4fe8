import type { PlannedNode } from "../../daemon/controller/node.ts";
import { planGraph } from "../../daemon/controller/plan.ts";
import { functionHost } from "../../functions/pipeline/function-host.ts";
import { createIntake } from "../../functions/pipeline/intake.ts";
import { createQueuedEgress } from "../../functions/pipeline/queued-egress.ts";
import { unset } from "../../functions/pipeline/unset.ts";
import { parseFile } from "../../shared/alloy/parse.ts";
import { createSource } from "../../shared/alloy/source.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";

/** A component of the file, as the graph of a running function would have it. */
export type ReadNode = Omit<PlannedNode, "role"> & {
  readonly role: Extract<PlannedNode["role"], { kind: "component" }>;
};

/**
 * The components of a pipeline, what they depend on before them. Undefined for a file that has more than components, or something to warn of:
 * modules are evaluated where they run.
 */
export function readPipeline(text: string): readonly ReadNode[] | undefined {
  const source = createSource("pipeline.alloy", text);
  const parsed = parseFile(source);
  if (parsed.kind === "invalid") return undefined;
  const host = functionHost({
    emit: () => {},
    metrics: createMetrics(),
    clock: systemClock,
    random: Math.random,
    intake: createIntake(),
    openEgress: createQueuedEgress(() => async () => ({ kind: "accepted" })).open,
    variable: () => unset,
  });
  const statements = parsed.tree.body.map((statement) => ({ statement, source }));
  const planned = planGraph(statements, { ...host, variables: new Map() });
  if (planned.kind === "invalid" || planned.plan.warnings.length > 0) return undefined;
  const nodes = planned.plan.nodes.flatMap(({ role, ...node }) =>
    role.kind === "component" ? [{ ...node, role }] : [],
  );
  return nodes.length === planned.plan.nodes.length ? nodes : undefined;
}
