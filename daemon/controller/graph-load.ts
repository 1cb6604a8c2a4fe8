import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import type { ObjectValue, Value } from "../../shared/alloy/value.ts";
import type { Health } from "./health.ts";
import type { ModuleScope, Placed } from "./module-scope.ts";
import type { PlannedNode } from "./node.ts";
import type { Runtime } from "./runtime.ts";

/** What a graph is loaded from. */
export interface GraphLoad {
  readonly statements: readonly Placed[];
  /** Undefined for the main file. */
  readonly parent?: ModuleScope;
  /** Where the module was imported from. */
  readonly path?: string;
  /** Arguments of the module, by name. */
  readonly args: ReadonlyMap<string, Value>;
  /** Names that expressions see beside the library and components. */
  readonly variables: ReadonlyMap<string, Value>;
}

export type PreparedGraph =
  | { readonly kind: "invalid"; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: "prepared";
      readonly warnings: readonly Diagnostic[];
      readonly exports: ObjectValue;
      /** Takes over. What cannot be updated is reported, and then everything is as it was before. */
      commit(): Promise<readonly Diagnostic[]>;
    };

export interface GraphOptions {
  /** Empty for the main file. */
  readonly moduleId: string;
  /** The module's exports are others than before. */
  readonly onExports: (exports: ObjectValue) => void;
}

/** A node of a graph and what runs for it. */
export interface RunningNode {
  readonly node: PlannedNode;
  readonly runtime: Runtime | undefined;
}

/** A graph as the module that holds it sees it. */
export interface InnerGraph {
  readonly moduleId: string;
  prepare(load: GraphLoad): Promise<PreparedGraph>;
  start(): void;
  stop(): Promise<void>;
  nodes(): readonly RunningNode[];
  healths(): readonly Health[];
}
