import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import type { ObjectValue } from "../../shared/alloy/value.ts";
import type { GraphLoad, GraphOptions, InnerGraph } from "./graph-load.ts";
import { type Health, worstHealth } from "./health.ts";

/** A module of a running graph: one inner graph, or one for each element of a `foreach`. */
export class ModuleInstance {
  readonly id: string;
  exports: ObjectValue = new Map();
  graphs: ReadonlyMap<string, InnerGraph> = new Map();
  private readonly options: ModuleOptions;
  private problem: string | undefined;
  private running = false;

  constructor(options: ModuleOptions) {
    this.id = options.id;
    this.options = options;
  }

  /** Evaluates the inner graphs, by the part of their ids behind the module's own; nothing changes before `commit`. */
  async prepare(loads: ReadonlyMap<string, GraphLoad>): Promise<PreparedModule> {
    const graphs = new Map<string, InnerGraph>();
    const commits: (() => Promise<readonly Diagnostic[]>)[] = [];
    const diagnostics: Diagnostic[] = [];
    let exports: ObjectValue = new Map();
    for (const [key, load] of loads) {
      const graph = this.graphs.get(key) ?? this.createGraph(key);
      graphs.set(key, graph);
      const prepared = await graph.prepare(load);
      if (prepared.kind === "invalid") diagnostics.push(...prepared.diagnostics);
      else {
        if (key === "") exports = prepared.exports;
        commits.push(prepared.commit);
      }
    }
    return { diagnostics, exports, commit: () => this.commit({ graphs, exports, commits }) };
  }

  start(): void {
    this.running = true;
    for (const graph of this.graphs.values()) graph.start();
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all([...this.graphs.values()].map((graph) => graph.stop()));
  }

  evaluated(problem?: string): void {
    this.problem = problem;
  }

  currentHealth(): Health {
    const own: Health = {
      state: this.problem === undefined ? "healthy" : "unhealthy",
      message:
        this.problem === undefined ? "custom component evaluated" : `component evaluation failed: ${this.problem}`,
      updatedAt: this.options.createdAt,
    };
    return worstHealth(own, ...[...this.graphs.values()].flatMap((graph) => graph.healths()));
  }

  private createGraph(key: string): InnerGraph {
    const moduleId = key === "" ? this.id : `${this.id}/${key}`;
    return this.options.createGraph({
      moduleId,
      onExports: (exports) => {
        this.exports = exports;
        this.options.onExports();
      },
    });
  }

  private async commit(next: {
    readonly graphs: ReadonlyMap<string, InnerGraph>;
    readonly exports: ObjectValue;
    readonly commits: readonly (() => Promise<readonly Diagnostic[]>)[];
  }): Promise<readonly Diagnostic[]> {
    const gone = [...this.graphs].filter(([key]) => !next.graphs.has(key));
    const fresh = [...next.graphs].filter(([key]) => !this.graphs.has(key));
    await Promise.all(gone.map(([, graph]) => graph.stop()));
    this.graphs = next.graphs;
    this.exports = next.exports;
    const diagnostics: Diagnostic[] = [];
    for (const commit of next.commits) diagnostics.push(...(await commit()));
    if (this.running) for (const [, graph] of fresh) graph.start();
    return diagnostics;
  }
}

export interface ModuleOptions {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  createGraph(options: GraphOptions): InnerGraph;
  /** The exports are others than before. */
  onExports(): void;
}

export interface PreparedModule {
  readonly diagnostics: readonly Diagnostic[];
  readonly exports: ObjectValue;
  commit(): Promise<readonly Diagnostic[]>;
}
