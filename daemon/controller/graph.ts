import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import { equal } from "../../shared/alloy/equal.ts";
import type { ObjectValue, Value } from "../../shared/alloy/value.ts";
import type { GraphHost } from "./graph-host.ts";
import type { GraphLoad, GraphOptions, InnerGraph, PreparedGraph, RunningNode } from "./graph-load.ts";
import type { Health } from "./health.ts";
import { ImportWatch } from "./import-watch.ts";
import type { PlannedNode } from "./node.ts";
import { type Evaluated, NodeEvaluator } from "./node-evaluator.ts";
import { dependentsOf } from "./order.ts";
import { type Plan, planGraph } from "./plan.ts";
import { type Runtime, startAll, stopAll } from "./runtime.ts";

/** A component that is gone goes on stopping after this, up to the deadline of the process; the new ones run meanwhile. */
const maxWaitForGoneMs = 30_000;

/** The components of one configuration, or of one module, and what they hand to each other. */
export class Graph implements InnerGraph {
  readonly moduleId: string;
  private readonly host: GraphHost;
  private readonly options: GraphOptions;
  private load: GraphLoad | undefined;
  private plan: Plan | undefined;
  private runtimes: ReadonlyMap<string, Runtime> = new Map();
  private exports = new Map<string, Value>();
  private readonly changed = new Set<string>();
  private scheduled = false;
  private running = false;

  constructor(host: GraphHost, options: GraphOptions) {
    this.host = host;
    this.options = options;
    this.moduleId = options.moduleId;
  }

  /** Plans and evaluates what is to be loaded; nothing that runs changes before `commit`. */
  async prepare(load: GraphLoad): Promise<PreparedGraph> {
    const planned = planGraph(load.statements, { ...this.host, ...load });
    if (planned.kind === "invalid") return planned;
    const { plan } = planned;
    const exports = new Map<string, Value>();
    const evaluated = new Map<string, Evaluated>();
    const failed = new Set<string>();
    const diagnostics: Diagnostic[] = [];
    const evaluator = this.evaluator(plan, load, exports);
    for (const node of plan.nodes) {
      // What hangs on a component that could not be built would only repeat its error.
      if (node.dependencies.some((id) => failed.has(id))) {
        failed.add(node.id);
        continue;
      }
      const startedAt = this.host.clock.now();
      const result = await evaluator.evaluate(node, this.runtimes.get(node.id));
      this.tell(node, startedAt);
      diagnostics.push(...result.diagnostics);
      if (result.diagnostics.length > 0 && result.blocksDependents) failed.add(node.id);
      evaluated.set(node.id, result);
      if (result.exports !== undefined) exports.set(node.id, result.exports);
    }
    if (diagnostics.length > 0) return { kind: "invalid", diagnostics };
    return {
      kind: "prepared",
      warnings: plan.warnings,
      exports: moduleExports(plan, exports),
      commit: () => this.commit({ load, plan, exports, evaluated }),
    };
  }

  start(): void {
    this.running = true;
    startAll(this.plan?.nodes ?? [], this.runtimes);
  }

  async stop(): Promise<void> {
    this.running = false;
    await stopAll(this.plan?.nodes ?? [], this.runtimes);
  }

  /** Nodes with what runs for them, what they depend on before them. */
  nodes(): readonly RunningNode[] {
    return (this.plan?.nodes ?? []).map((node) => ({ node, runtime: this.runtimes.get(node.id) }));
  }

  healths(): readonly Health[] {
    return [...this.runtimes.values()].map((runtime) => runtime.currentHealth());
  }

  private async commit(next: Next): Promise<readonly Diagnostic[]> {
    const applied: Evaluated[] = [];
    for (const result of next.evaluated.values()) {
      const problems = await result.apply();
      if (problems.length > 0) {
        for (const each of applied.toReversed()) await each.revert();
        return problems;
      }
      applied.push(result);
    }
    const before = { nodes: this.plan?.nodes ?? [], runtimes: this.runtimes };
    const runtimes = new Map<string, Runtime>();
    for (const [id, { runtime }] of next.evaluated) if (runtime) runtimes.set(id, runtime);
    this.load = next.load;
    this.plan = next.plan;
    this.exports = next.exports;
    this.runtimes = runtimes;
    const kept = new Set(runtimes.values());
    const gone = new Map([...before.runtimes].filter(([, runtime]) => !kept.has(runtime)));
    const over = new AbortController();
    // What comes may want the ports of what goes; but whoever asked for the load is not kept waiting for long.
    await Promise.race([stopAll(before.nodes, gone), this.host.clock.sleep(maxWaitForGoneMs, over.signal)]);
    over.abort();
    const old = new Set(before.runtimes.values());
    if (this.running) startAll(next.plan.nodes, new Map([...runtimes].filter(([, runtime]) => !old.has(runtime))));
    return [];
  }

  /** The exports of a node are others: whatever depends on them is evaluated again, soon. */
  private exportsChanged(id: string): void {
    this.changed.add(id);
    if (this.scheduled) return;
    this.scheduled = true;
    void this.host.sequence.run(() => this.propagate());
  }

  private async propagate(): Promise<void> {
    this.scheduled = false;
    const { plan, load } = this;
    if (!plan || !load) return;
    const dependents = dependentsOf(plan.nodes);
    const due = new Set<string>();
    const mark = (id: string) => {
      for (const dependent of dependents.get(id) ?? []) due.add(dependent);
    };
    for (const id of this.changed) {
      const runtime = this.runtimes.get(id);
      if (runtime instanceof ImportWatch) due.add(id);
      else if (runtime) {
        this.exports.set(id, runtime.exports);
        mark(id);
      }
    }
    this.changed.clear();
    const evaluator = this.evaluator(plan, load, this.exports);
    const before = moduleExports(plan, this.exports);
    for (const node of plan.nodes) {
      if (!due.has(node.id)) continue;
      const runtime = this.runtimes.get(node.id);
      const result = await evaluator.evaluate(node, runtime);
      const problems = result.diagnostics.length > 0 ? result.diagnostics : await result.apply();
      const [problem] = problems;
      runtime?.evaluated(problem?.message);
      if (problem) this.host.emit("node.failed", { node_id: this.idOf(node), err: problem.message });
      else if (result.exports !== undefined && !equal(result.exports, this.exports.get(node.id) ?? null)) {
        this.exports.set(node.id, result.exports);
        mark(node.id);
      } else if (node.role.kind === "import") mark(node.id);
    }
    const after = moduleExports(plan, this.exports);
    if (!equal(before, after)) this.options.onExports(after);
  }

  private evaluator(plan: Plan, load: GraphLoad, exports: ReadonlyMap<string, Value>): NodeEvaluator {
    return new NodeEvaluator({
      host: this.host,
      plan,
      load,
      exports,
      globalId: (id) => this.idOf({ id }),
      createGraph: (options) => new Graph(this.host, options),
      onExports: (id) => this.exportsChanged(id),
    });
  }

  private idOf({ id }: Pick<PlannedNode, "id">): string {
    return this.moduleId === "" ? id : `${this.moduleId}/${id}`;
  }

  private tell(node: PlannedNode, startedAt: number): void {
    const durationMs = this.host.clock.now() - startedAt;
    this.host.emit("node.evaluated", { node_id: this.idOf(node), durationMs });
  }
}

interface Next {
  readonly load: GraphLoad;
  readonly plan: Plan;
  readonly exports: Map<string, Value>;
  readonly evaluated: ReadonlyMap<string, Evaluated>;
}

function moduleExports(plan: Plan, exports: ReadonlyMap<string, Value>): ObjectValue {
  const nodes = plan.nodes.filter(({ role }) => role.kind === "export");
  return new Map(nodes.map(({ id, block }) => [block.label, exports.get(id) ?? null]));
}
