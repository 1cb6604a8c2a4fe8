import type { Table } from "../../shared/alloy/arguments.ts";
import { decodeBody } from "../../shared/alloy/decode-body.ts";
import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import { placeText } from "../../shared/alloy/diagnostic.ts";
import { equalArguments } from "../../shared/alloy/equal-arguments.ts";
import type { Scope } from "../../shared/alloy/evaluate.ts";
import type { Value } from "../../shared/alloy/value.ts";
import type { ComponentDefinition } from "./component.ts";
import type { ConfigBlock } from "./config-block.ts";
import { evaluationScope } from "./evaluation-scope.ts";
import type { GraphHost } from "./graph-host.ts";
import type { GraphLoad, GraphOptions, InnerGraph } from "./graph-load.ts";
import { readImport } from "./import.ts";
import { ImportWatch } from "./import-watch.ts";
import { Instance, messageOf } from "./instance.ts";
import { ModuleInstance, type PreparedModule } from "./module-instance.ts";
import { foreachLoads, moduleLoad } from "./module-load.ts";
import { argumentTable, exportTable } from "./module-tables.ts";
import { aboutBlock, type PlannedNode } from "./node.ts";
import type { Plan } from "./plan.ts";
import type { Runtime } from "./runtime.ts";

/** What came of evaluating a node. Nothing has changed yet: `apply` does it, `revert` takes it back. */
export interface Evaluated {
  readonly diagnostics: readonly Diagnostic[];
  /** Whether its dependents cannot be evaluated after an error. */
  readonly blocksDependents: boolean;
  readonly exports: Value | undefined;
  readonly runtime: Runtime | undefined;
  apply(): Promise<readonly Diagnostic[]>;
  revert(): Promise<void>;
}

export interface NodeEvaluatorOptions {
  readonly host: GraphHost;
  readonly plan: Plan;
  readonly load: GraphLoad;
  /** What the nodes export, as far as they have been evaluated. */
  readonly exports: ReadonlyMap<string, Value>;
  globalId(id: string): string;
  onExports(id: string): void;
  createGraph(options: GraphOptions): InnerGraph;
}

/** Evaluates the nodes of one graph. */
export class NodeEvaluator {
  private readonly options: NodeEvaluatorOptions;

  constructor(options: NodeEvaluatorOptions) {
    this.options = options;
  }

  /** `runtime` is what runs for the node now. */
  async evaluate(node: PlannedNode, runtime: Runtime | undefined): Promise<Evaluated> {
    const { role } = node;
    switch (role.kind) {
      case "component":
        return this.component(node, { definition: role.definition, runtime });
      case "module":
        return this.module(node, runtime);
      case "foreach":
        return this.foreach(node, runtime);
      case "config":
        return this.config(node, role.definition);
      case "argument":
        return this.argument(node);
      case "export":
        return this.export(node);
      case "import":
        return this.import(node, runtime);
    }
  }

  private async component(
    node: PlannedNode,
    { definition, runtime }: { readonly definition: ComponentDefinition; readonly runtime: Runtime | undefined },
  ): Promise<Evaluated> {
    const decoded = this.decode(node, definition.arguments);
    if (decoded.kind === "invalid") {
      const { diagnostic } = decoded;
      const told = `Failed to build component: decoding configuration: ${diagnostic.message}`;
      return failed(diagnostic.start ? diagnostic : aboutBlock(node, told));
    }
    const { args } = decoded;
    if (runtime instanceof Instance && runtime.definition === definition) return changedComponent(node, runtime, args);
    const { host, globalId, onExports } = this.options;
    try {
      const instance = await Instance.build(definition, {
        id: globalId(node.id),
        args,
        host,
        onExports: () => onExports(node.id),
      });
      return { ...settled, exports: instance.exports, runtime: instance };
    } catch (error) {
      return failed(aboutBlock(node, `Failed to build component: building component: ${messageOf(error)}`));
    }
  }

  private async module(node: PlannedNode, runtime: Runtime | undefined): Promise<Evaluated> {
    const load = moduleLoad(node, { ...this.options, scope: this.scope(node) });
    if ("message" in load) return failed(load);
    const module = runtime instanceof ModuleInstance ? runtime : this.createModule(node);
    return preparedModule(node, module, await module.prepare(new Map([["", load]])));
  }

  private async foreach(node: PlannedNode, runtime: Runtime | undefined): Promise<Evaluated> {
    const loads = foreachLoads(node, { ...this.options, scope: this.scope(node) });
    if ("message" in loads) return failed(loads);
    const module = runtime instanceof ModuleInstance ? runtime : this.createModule(node);
    return preparedModule(node, module, await module.prepare(loads));
  }

  private createModule({ id }: PlannedNode): ModuleInstance {
    const { host, globalId, onExports, createGraph } = this.options;
    const createdAt = host.clock.now();
    return new ModuleInstance({ id: globalId(id), createdAt, createGraph, onExports: () => onExports(id) });
  }

  private config(node: PlannedNode, definition: ConfigBlock): Evaluated {
    const decoded = this.decode(node, definition.arguments);
    if (decoded.kind === "invalid") {
      const { diagnostic } = decoded;
      if (definition.kind === "config") return failed(aboutBlock(node, configWords(diagnostic)), false);
      const told = `Failed to evaluate service: decoding configuration: ${diagnostic.message}`;
      return failed(diagnostic.start ? diagnostic : aboutBlock(node, told), false);
    }
    try {
      definition.check?.(decoded.args);
    } catch (error) {
      return failed(aboutBlock(node, `Failed to evaluate service: ${messageOf(error)}`), false);
    }
    return {
      ...settled,
      async apply() {
        await definition.apply(decoded.args);
        return [];
      },
    };
  }

  private argument(node: PlannedNode): Evaluated {
    const decoded = this.decode(node, argumentTable);
    if (decoded.kind === "invalid") return failed(aboutBlock(node, configWords(decoded.diagnostic)), false);
    const { label } = node.block;
    const given = this.options.load.args.get(label);
    if (given === undefined && !decoded.args.optional) {
      const words = `missing required argument ${JSON.stringify(label)} to module`;
      return failed(aboutBlock(node, `Failed to evaluate node for config block: ${words}`), false);
    }
    return { ...settled, exports: new Map([["value", given ?? decoded.args.default]]) };
  }

  private export(node: PlannedNode): Evaluated {
    const decoded = this.decode(node, exportTable);
    if (decoded.kind === "invalid") return failed(aboutBlock(node, configWords(decoded.diagnostic)), false);
    return { ...settled, exports: decoded.args.value };
  }

  private async import(node: PlannedNode, runtime: Runtime | undefined): Promise<Evaluated> {
    const { host, plan, load, onExports } = this.options;
    const context = { host, scope: plan.scope, path: load.path ?? "", decode: this.decode.bind(this) };
    const read = await readImport(node, context);
    if (read.kind === "invalid") return { ...failed(...read.diagnostics), blocksDependents: true };
    plan.scope.imports.set(node.block.label, read.declared);
    const { watch } = read;
    if (!watch) return settled;
    const kept =
      runtime instanceof ImportWatch && runtime.path === watch.path && runtime.intervalMs === watch.intervalMs;
    return {
      ...settled,
      runtime: kept ? runtime : new ImportWatch({ ...watch, host, onChange: () => onExports(node.id) }),
    };
  }

  private decode<Args>(node: PlannedNode, table: Table<Args>) {
    return decodeBody(node.block.body, table, { source: node.source, scope: this.scope(node) });
  }

  private scope({ id, role, dependencies }: PlannedNode): Scope {
    const { exports, load, host, globalId } = this.options;
    const sends = role.kind === "component" || role.kind === "module" || role.kind === "foreach";
    const given = (value: Value) => (sends ? host.tap(globalId(id), value) : value);
    return evaluationScope(dependencies, { exports, given, variables: load.variables, library: host.library });
  }
}

const settled: Evaluated = {
  diagnostics: [],
  blocksDependents: false,
  exports: undefined,
  runtime: undefined,
  apply: async () => [],
  revert: async () => {},
};

function failed(diagnostic: Diagnostic, blocksDependents?: boolean): Evaluated;
function failed(...diagnostics: readonly Diagnostic[]): Evaluated;
function failed(...told: readonly (Diagnostic | boolean | undefined)[]): Evaluated {
  const diagnostics = told.filter((each) => typeof each === "object");
  return { ...settled, diagnostics, blocksDependents: !told.includes(false) };
}

function changedComponent(node: PlannedNode, instance: Instance, args: unknown): Evaluated {
  const result = { ...settled, exports: instance.exports, runtime: instance };
  const before = instance.args;
  if (equalArguments(before, args)) return result;
  return {
    ...result,
    async apply() {
      try {
        await instance.update(args);
        instance.evaluated();
        return [];
      } catch (error) {
        return [aboutBlock(node, `Failed to build component: updating component: ${messageOf(error)}`)];
      }
    },
    async revert() {
      await instance.update(before).catch(() => {});
    },
  };
}

function preparedModule(node: PlannedNode, module: ModuleInstance, prepared: PreparedModule): Evaluated {
  const { diagnostics, exports, commit } = prepared;
  if (diagnostics.length > 0) return failed(...diagnostics);
  return { ...settled, exports: node.role.kind === "module" ? exports : undefined, runtime: module, apply: commit };
}

/** The words of a configuration block's error, with the place inside of the block when there is one. */
function configWords({ message, start }: Diagnostic): string {
  const place = start ? `${placeText(start)}: ` : "";
  return `Failed to evaluate node for config block: decoding configuration: ${place}${message}`;
}
