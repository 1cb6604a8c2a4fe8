import { defaultsOf } from "../../shared/alloy/arguments.ts";
import { type Diagnostic, placeText } from "../../shared/alloy/diagnostic.ts";
import { parseFile } from "../../shared/alloy/parse.ts";
import type { Source } from "../../shared/alloy/source.ts";
import { Graph } from "./graph.ts";
import type { GraphHost } from "./graph-host.ts";
import type { InnerGraph, PreparedGraph, RunningNode } from "./graph-load.ts";
import type { HealthState } from "./health.ts";
import { ModuleInstance } from "./module-instance.ts";
import type { Placed } from "./module-scope.ts";
import { deprecatedWords } from "./wire.ts";

/** What became of a load: it runs, or nothing changed, with the diagnostics. */
export type LoadOutcome =
  | { readonly kind: "loaded"; readonly warnings: readonly Diagnostic[] }
  /** Nothing has changed. */
  | { readonly kind: "invalid"; readonly diagnostics: readonly Diagnostic[] };

/** Runs the components of a configuration, and replaces it while they run. */
export interface Controller {
  /** Loads a configuration, the first or another one. What did not change keeps running; a bad one changes nothing. */
  load(sources: readonly Source[]): Promise<LoadOutcome>;
  /** Plans and evaluates without running anything. */
  check(sources: readonly Source[]): Promise<LoadOutcome>;
  /** Whether a configuration runs. */
  ready(): boolean;
  /** How many components of the main file are in each state. */
  healthCounts(): Readonly<Record<HealthState, number>>;
  /** Block names of components that are not healthy. */
  unhealthy(): readonly string[];
  /** The nodes of the main file, or of a module by its id; undefined when there is no such module. */
  nodes(moduleId: string): readonly RunningNode[] | undefined;
  stop(): Promise<void>;
}

/** A controller without a configuration: nothing runs until the first load. */
export function createController(host: GraphHost): Controller {
  const root = new Graph(host, { moduleId: "", onExports: () => {} });
  const configured = new Set<string>();
  let ready = false;

  return {
    load: (sources) => host.sequence.run(() => load(sources)),
    check: (sources) =>
      host.sequence.run(async () => {
        const prepared = await prepare(sources);
        return prepared.kind === "invalid" ? prepared : { kind: "loaded", warnings: prepared.warnings };
      }),
    ready: () => ready,
    unhealthy: () =>
      root.nodes().flatMap(({ node, runtime }) => {
        const state = runtime?.currentHealth().state;
        return state === "unhealthy" || state === "exited" ? [node.block.name] : [];
      }),
    healthCounts() {
      const counts = { healthy: 0, unhealthy: 0, unknown: 0, exited: 0 };
      for (const { runtime } of root.nodes()) if (runtime) counts[runtime.currentHealth().state]++;
      return counts;
    },
    nodes: (moduleId) => graphAt(root, moduleId)?.nodes(),
    stop: () =>
      host.sequence.run(async () => {
        ready = false;
        await root.stop();
      }),
  };

  async function load(sources: readonly Source[]): Promise<LoadOutcome> {
    const startedAt = host.clock.now();
    host.emit("graph.evaluating", { files: sources.length });
    const prepared = await prepare(sources);
    host.emit("graph.evaluated", { durationMs: host.clock.now() - startedAt });
    if (prepared.kind === "invalid") return prepared;
    for (const { start, message, subject } of prepared.warnings) {
      if (subject !== undefined && message === deprecatedWords) host.emit("function.deprecated", { function: subject });
      else host.emit("graph.warned", { place: placeText(start), message });
    }
    const problems = await prepared.commit();
    if (problems.length > 0) return { kind: "invalid", diagnostics: problems };
    await resetConfigBlocks();
    const ids = new Set([root, ...graphsIn(root)].flatMap(idsOf));
    host.debugging.retain((id) => ids.has(id));
    host.emit("graph.scheduled", { components: root.nodes().length });
    if (!ready) root.start();
    ready = true;
    return { kind: "loaded", warnings: prepared.warnings };
  }

  async function prepare(sources: readonly Source[]): Promise<PreparedGraph> {
    const statements: Placed[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const source of sources) {
      const parsed = parseFile(source);
      if (parsed.kind === "invalid") diagnostics.push(...parsed.diagnostics);
      else statements.push(...parsed.tree.body.map((statement) => ({ statement, source })));
    }
    if (diagnostics.length > 0) return { kind: "invalid", diagnostics };
    return root.prepare({ statements, args: new Map(), variables: new Map() });
  }

  /** Blocks that are not written have their defaults, also when they were written before. */
  async function resetConfigBlocks(): Promise<void> {
    const written = new Set(root.nodes().map(({ node }) => node.id));
    for (const [name, block] of host.configBlocks) {
      if (written.has(name)) configured.add(name);
      else if (configured.delete(name)) await block.apply(defaultsOf(block.arguments));
    }
  }
}

/** The ids of what runs in a graph, with the id of its module. */
function idsOf(graph: InnerGraph): readonly string[] {
  return graph.nodes().map(({ node }) => (graph.moduleId === "" ? node.id : `${graph.moduleId}/${node.id}`));
}

/** The graph of a module id such as `m.x/n.y`. */
function graphAt(root: InnerGraph, moduleId: string): InnerGraph | undefined {
  if (moduleId === "") return root;
  return graphsIn(root).find((graph) => graph.moduleId === moduleId);
}

function graphsIn(graph: InnerGraph): readonly InnerGraph[] {
  return graph.nodes().flatMap(({ runtime }) => {
    if (!(runtime instanceof ModuleInstance)) return [];
    return [...runtime.graphs.values()].flatMap((inner) => [inner, ...graphsIn(inner)]);
  });
}
