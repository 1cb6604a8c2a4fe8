import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import { deprecatedFunctions, experimentalFunctions } from "../../shared/alloy/library/function-names.ts";
import type { ObjectValue, Value } from "../../shared/alloy/value.ts";
import { nearest } from "../../shared/nearest.ts";
import type { Stability } from "./component.ts";
import type { ModuleScope } from "./module-scope.ts";
import { aboutExtent, type PlannedNode } from "./node.ts";
import { type Chain, chainsOf, targetOf } from "./references.ts";
import { stabilityProblem } from "./stability.ts";

export interface WiringContext {
  readonly library: ObjectValue;
  /** Names that the module around gives beside the library: `module_path`, the variable of a `foreach`. */
  readonly variables: ReadonlyMap<string, Value>;
  readonly stability: Stability;
}

/** The words for a function that has another name now. */
export const deprecatedWords =
  "this stdlib function is deprecated; please refer to the documentation for updated usage and alternatives";

export interface Wired {
  readonly nodes: readonly PlannedNode[];
  readonly diagnostics: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** Finds what the expressions of each node refer to. */
export function wire(nodes: readonly PlannedNode[], context: WiringContext & { readonly scope: ModuleScope }): Wired {
  const ids = new Set(nodes.map(({ id }) => id));
  const diagnostics: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  const wired = nodes.map((node) => {
    const dependencies = new Set<string>();
    for (const chain of chainsOf(node.block.body)) {
      const target = targetOf(chain.names, ids);
      if (target !== undefined) dependencies.add(target);
      const told = check(node, { chain, target, context, ids });
      if (told) (told.severity === "error" ? diagnostics : warnings).push(told);
    }
    const origin = importOf(node, { ids, scope: context.scope });
    if (origin !== undefined) dependencies.add(origin);
    return { ...node, dependencies: [...dependencies] };
  });
  return { nodes: wired, diagnostics, warnings };
}

/** The import that a module's definition comes from. */
function importOf(
  { role, block }: PlannedNode,
  { ids, scope }: { readonly ids: ReadonlySet<string>; readonly scope: ModuleScope },
): string | undefined {
  if (role.kind !== "module" || scope.declares.has(block.name)) return undefined;
  const [namespace = ""] = block.name.split(".");
  return ["import.file", "import.string"].map((name) => `${name}.${namespace}`).find((id) => ids.has(id));
}

function check(
  { source, role }: PlannedNode,
  {
    chain,
    target,
    context,
    ids,
  }: {
    readonly chain: Chain;
    readonly target: string | undefined;
    readonly context: WiringContext;
    readonly ids: ReadonlySet<string>;
  },
): Diagnostic | undefined {
  const [first = ""] = chain.names;
  const name = chain.names.join(".");
  const inLibrary = context.library.has(first);
  const warning = (message: string): Diagnostic => ({ ...aboutExtent(source, chain, message), severity: "warning" });
  if (target !== undefined) {
    return inLibrary ? warning(`a component is shadowing an existing stdlib name: ${first}`) : undefined;
  }
  if (context.variables.has(first)) return undefined;
  if (inLibrary) {
    if (deprecatedFunctions.has(first)) return { ...warning(deprecatedWords), subject: first };
    if (!experimentalFunctions.has(name)) return undefined;
    const unstable = stabilityProblem(name, "experimental", context.stability);
    return unstable ? aboutExtent(source, chain, unstable) : undefined;
  }
  // Inside of a template a name may be the variable of the loop, or a component of the template.
  if (role.kind === "foreach") return undefined;
  const missing = aboutExtent(source, chain, `component ${JSON.stringify(name)} does not exist or is out of scope`);
  const meant = nearest(
    name,
    [...ids].filter((id) => id.includes(".")),
  );
  return meant === undefined ? missing : { ...missing, hint: `Did you mean ${meant}?` };
}
