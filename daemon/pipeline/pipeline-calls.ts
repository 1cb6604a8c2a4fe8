import { stat } from "node:fs/promises";
import { type Diagnostic, placeText } from "../../shared/alloy/diagnostic.ts";
import type { Source } from "../../shared/alloy/source.ts";
import { errorText } from "../../shared/error-text.ts";
import type {
  ComponentRow,
  ComponentView,
  DiagnosticRow,
  EdgeRow,
  PipelineView,
  ReloadPlan,
  TailedFileRow,
  TargetRow,
} from "../../shared/overview/pipeline.ts";
import type { Recent } from "../../shared/overview/recent.ts";
import type { Snapshot } from "../../shared/telemetry/metrics/metrics.ts";
import type { Call } from "../../ui/serve/api.ts";
import { componentsJson } from "../controller/component-json.ts";
import type { Controller, LoadOutcome } from "../controller/controller.ts";
import type { RunningNode } from "../controller/graph-load.ts";
import { Instance } from "../controller/instance.ts";
import type { Edge } from "../controller/live-debugging.ts";
import { ModuleInstance } from "../controller/module-instance.ts";
import { argumentsJson, exportsJson, plainJson } from "../controller/value-json.ts";
import { blockChanges } from "./block-changes.ts";

export interface PipelineCallsOptions {
  readonly controller: Controller;
  readonly recent: Recent;
  edges(): readonly Edge[];
  snapshot(): Snapshot;
  /** The configuration that runs, and the one that a reload would read. Rejects with a sentence for a person. */
  running(): readonly Source[];
  read(): Promise<readonly Source[]>;
  reload(): Promise<LoadOutcome>;
  now(): number;
}

interface Placed extends RunningNode {
  readonly id: string;
  readonly moduleId: string;
}

/** The calls of the pages about a graph of components; the shapes are in `shared/overview/pipeline.ts`. */
export function createPipelineCalls(options: PipelineCallsOptions): Readonly<Record<string, Call>> {
  const { controller, recent, edges, snapshot, running, read, reload, now } = options;
  return {
    pipeline: { method: "GET", answer: (moduleId) => viewOf(moduleId) },
    component: { method: "GET", answer: (id) => componentOf(id) },
    targets: { method: "GET", answer: () => placed().flatMap(targetsOf) },
    files: { method: "GET", answer: async () => Promise.all(placed().flatMap(filesOf)) },
    "reload-plan": { method: "POST", answer: plan },
    reload: {
      method: "POST",
      async answer() {
        const outcome = await reload();
        return { isValid: outcome.kind === "loaded", changes: [], diagnostics: diagnosticsOf(outcome) };
      },
    },
  };

  function placed(moduleId = ""): readonly Placed[] {
    return (controller.nodes(moduleId) ?? []).flatMap((each): readonly Placed[] => {
      if (!["component", "module", "foreach"].includes(each.node.role.kind)) return [];
      return [
        { ...each, moduleId, id: wholeId(moduleId, each.node.id) },
        ...modulesOf(each).flatMap((id) => placed(id)),
      ];
    });
  }

  function viewOf(moduleId: string): PipelineView | undefined {
    const nodes = controller.nodes(moduleId);
    if (!nodes) return undefined;
    const components = componentsJson(nodes, { moduleId, details: false });
    const passed = new Map<string, number>();
    for (const { from, to, items } of edges()) {
      const key = `${from}\0${to}`;
      passed.set(key, (passed.get(key) ?? 0) + items);
    }
    const edge = (from: string, to: string, kind: EdgeRow["kind"]): EdgeRow => {
      const [first, second] = [wholeId(moduleId, from), wholeId(moduleId, to)];
      return { from: first, to: second, kind, items: passed.get(`${first}\0${second}`) ?? 0 };
    };
    return {
      at: now(),
      components: placed(moduleId)
        .filter((each) => each.moduleId === moduleId)
        .map(rowOf),
      edges: components.flatMap(({ localID, dataFlowEdgesTo, referencesTo }) => [
        ...dataFlowEdgesTo.map((to) => edge(localID, to, "data")),
        ...referencesTo.filter((to) => !dataFlowEdgesTo.includes(to)).map((to) => edge(to, localID, "reference")),
      ]),
    };
  }

  function componentOf(id: string): ComponentView | undefined {
    const found = placed().find((each) => each.id === id);
    if (!found) return undefined;
    const { node, runtime, moduleId } = found;
    const view = viewOf(moduleId);
    const own = view?.edges.filter(({ from, to }) => from === id || to === id) ?? [];
    return {
      ...rowOf(found),
      history: runtime instanceof Instance ? runtime.history().map(healthOf) : [],
      arguments: runtime instanceof Instance ? argumentsJson(runtime.definition.arguments, runtime.args) : [],
      exports: runtime ? exportsJson(runtime.exports) : [],
      debug: runtime instanceof Instance ? plainJson(runtime.debugInfo()) : [],
      metrics: metricsOf(snapshot(), [id, node.id]),
      lines: recent.lines(id),
      uses: own.filter(({ to }) => to === id).map(({ from }) => from),
      usedBy: own.filter(({ from }) => from === id).map(({ to }) => to),
    } as ComponentView;
  }

  async function plan(): Promise<ReloadPlan> {
    const sources = await read().catch(errorText);
    if (typeof sources === "string") {
      return { isValid: false, changes: [], diagnostics: [{ severity: "error", place: "-", message: sources }] };
    }
    const outcome = await controller.check(sources);
    return {
      isValid: outcome.kind === "loaded",
      changes: blockChanges(running(), sources),
      diagnostics: diagnosticsOf(outcome),
    };
  }
}

function wholeId(moduleId: string, id: string): string {
  return moduleId === "" ? id : `${moduleId}/${id}`;
}

function modulesOf({ runtime }: RunningNode): readonly string[] {
  return runtime instanceof ModuleInstance ? [...runtime.graphs.values()].map(({ moduleId }) => moduleId) : [];
}

function rowOf(placed: Placed): ComponentRow {
  const { id, node, runtime } = placed;
  const health = runtime?.currentHealth() ?? { state: "unknown", message: "", updatedAt: 0 };
  return { id, name: node.block.name, label: node.block.label, health: healthOf(health), modules: modulesOf(placed) };
}

function healthOf({ state, message, updatedAt }: { state: string; message: string; updatedAt: number }) {
  return { state, message, at: updatedAt };
}

function metricsOf(snapshot: Snapshot, ids: readonly string[]): ComponentView["metrics"] {
  return snapshot.flatMap(({ name, points }) =>
    points.flatMap(({ labels, value, counts }) => {
      const { component_id: component, destination, queue, ...rest } = labels;
      if (![component, destination, queue].some((each) => each !== undefined && ids.includes(each))) return [];
      const text = Object.entries(rest)
        .map(([label, each]) => `${label}=${each}`)
        .join(" ");
      if (!counts) return [{ name, labels: text, value }];
      const count = counts.reduce((sum, each) => sum + each, 0);
      return [
        { name: `${name}_count`, labels: text, value: count },
        { name: `${name}_sum`, labels: text, value },
      ];
    }),
  );
}

function targetsOf({ id, node, runtime }: Placed): readonly TargetRow[] {
  if (node.block.name !== "prometheus.scrape" || !(runtime instanceof Instance)) return [];
  return listOf(runtime.debugInfo().target).map((each) => ({
    component: id,
    job: String(each.job),
    url: String(each.url),
    health: String(each.health),
    error: String(each.last_error),
    lastScrape: String(each.last_scrape),
    duration: String(each.last_scrape_duration),
    samples: Number(each.last_scrape_samples ?? 0),
  }));
}

function filesOf({ id, node, runtime }: Placed): readonly Promise<TailedFileRow>[] {
  if (node.block.name !== "loki.source.file" || !(runtime instanceof Instance)) return [];
  return listOf(runtime.debugInfo().files).map(async ({ path, is_running: isOpen, read_offset: position }) => {
    const size = await stat(String(path)).then(
      (found) => found.size,
      () => undefined,
    );
    const known = { component: id, path: String(path), isOpen: isOpen === true, position: Number(position) };
    return size === undefined ? known : { ...known, size };
  });
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value : [];
}

function diagnosticsOf(outcome: LoadOutcome): readonly DiagnosticRow[] {
  const all: readonly Diagnostic[] = outcome.kind === "loaded" ? outcome.warnings : outcome.diagnostics;
  return all.map(({ severity, message, start, hint }) => ({
    severity,
    message,
    place: placeText(start),
    ...(hint !== undefined && { hint }),
  }));
}
