import type { ObjectValue } from "../../shared/alloy/value.ts";
import type { RunningNode } from "./graph-load.ts";
import { Instance } from "./instance.ts";
import { ModuleInstance } from "./module-instance.ts";
import type { PlannedNode } from "./node.ts";
import { argumentsJson, exportsJson, plainJson } from "./value-json.ts";

/** The components of one graph as Alloy's API lists them: `details` adds arguments, exports and debug information. */
export function componentsJson(
  nodes: readonly RunningNode[],
  { moduleId, details }: { readonly moduleId: string; readonly details: boolean },
): readonly ComponentJson[] {
  const ids = new Set(nodes.filter(isComponent).map(({ node }) => node.id));
  return nodes.filter(isComponent).map(({ node, runtime }) => {
    const { block, id, dependencies } = node;
    const health = runtime?.currentHealth();
    const referencesTo = dependencies.filter((each) => ids.has(each));
    const referencedBy = nodes.filter((other) => other.node.dependencies.includes(id)).map((other) => other.node.id);
    return {
      name: block.name,
      type: "block",
      localID: id,
      moduleID: moduleId,
      ...(block.label === "" ? {} : { label: block.label }),
      referencesTo,
      referencedBy,
      dataFlowEdgesTo: referencesTo.filter((each) => receives(nodes, each)),
      health: {
        state: health?.state ?? "unknown",
        message: health?.message ?? "",
        updatedTime: new Date(health?.updatedAt ?? 0).toISOString(),
      },
      original: "",
      arguments:
        details && runtime instanceof Instance ? argumentsJson(runtime.definition.arguments, runtime.args) : [],
      exports: details && runtime ? exportsJson(runtime.exports) : [],
      debugInfo: details && runtime instanceof Instance ? plainJson(runtime.debugInfo()) : [],
      ...(runtime instanceof ModuleInstance
        ? { createdModuleIDs: [...runtime.graphs.values()].map((graph) => graph.moduleId) }
        : {}),
      liveDebuggingEnabled: dataFlows(nodes, { id, dependencies, exports: runtime?.exports }),
    };
  });
}

export interface ComponentJson {
  readonly name: string;
  readonly localID: string;
  readonly referencesTo: readonly string[];
  readonly dataFlowEdgesTo: readonly string[];
}

function isComponent({ node: { role } }: RunningNode): boolean {
  return role.kind === "component" || role.kind === "module" || role.kind === "foreach";
}

/** Whether a component passes something on that live debugging can show. */
function dataFlows(
  nodes: readonly RunningNode[],
  {
    id,
    dependencies,
    exports,
  }: Pick<PlannedNode, "id" | "dependencies"> & { readonly exports: ObjectValue | undefined },
): boolean {
  if ([id, ...dependencies].some((each) => receives(nodes, each))) return true;
  return exports !== undefined && (exports.has("targets") || exports.has("output"));
}

/** Whether data flows into a node: it exports something that takes it. */
function receives(nodes: readonly RunningNode[], id: string): boolean {
  const found = nodes.find(({ node }) => node.id === id);
  return [...(found?.runtime?.exports.keys() ?? [])].some((name) => name === "receiver" || name === "input");
}
