import type { BlockStatement } from "../../shared/alloy/ast.ts";
import { type Diagnostic, placeText } from "../../shared/alloy/diagnostic.ts";
import type { Source } from "../../shared/alloy/source.ts";
import { unknownComponent } from "./alloy-components.ts";
import type { ComponentDefinition } from "./component.ts";
import type { ConfigBlock } from "./config-block.ts";
import {
  createModuleScope,
  declareAll,
  findDeclared,
  isImported,
  type ModuleScope,
  type Placed,
} from "./module-scope.ts";
import { aboutBlock, aboutExtent, aboutName, nodeId, type PlannedNode, type Role } from "./node.ts";
import { orderNodes } from "./order.ts";
import { stabilityProblem } from "./stability.ts";
import { type WiringContext, wire } from "./wire.ts";

export interface PlanOptions extends WiringContext {
  readonly definitions: ReadonlyMap<string, ComponentDefinition>;
  readonly configBlocks: ReadonlyMap<string, ConfigBlock>;
  /** Why a component that is not there cannot be; undefined where the usual words will do. */
  readonly refuse?: (name: string) => string | undefined;
  /** Undefined in the main file; the scope around it in a module. */
  readonly parent?: ModuleScope;
  readonly path?: string;
}

/** A graph that can be evaluated. */
export interface Plan {
  /** What a node depends on comes before it. */
  readonly nodes: readonly PlannedNode[];
  readonly scope: ModuleScope;
  readonly warnings: readonly Diagnostic[];
}

export type Planned =
  | { readonly kind: "planned"; readonly plan: Plan }
  | { readonly kind: "invalid"; readonly diagnostics: readonly Diagnostic[] };

type Block = { readonly block: BlockStatement; readonly source: Source };

/** Makes the graph of a file or module: finds what each block is, wires references, orders. Evaluates nothing. */
export function planGraph(statements: readonly Placed[], options: PlanOptions): Planned {
  const scope = createModuleScope(options.parent);
  const diagnostics: Diagnostic[] = [];
  declareAll(scope, statements, options.path ?? "");
  const blocks: Block[] = [];
  for (const { source, statement } of statements) {
    if (statement.kind === "block") blocks.push({ block: statement, source });
    else {
      const extent = { start: statement.start, end: statement.start + Buffer.byteLength(statement.name) - 1 };
      diagnostics.push(aboutExtent(source, extent, `unrecognized attribute ${statement.name}`));
    }
  }
  for (const { block } of blocks) if (isImport(block)) scope.imports.set(block.label, undefined);
  const seen = new Map<string, Block>();
  const nodes: PlannedNode[] = [];
  for (const placed of inOrderOfReport(blocks, options)) {
    const found = roleOf(placed, { options, scope, seen });
    if (typeof found === "string" || "message" in found) {
      diagnostics.push(typeof found === "string" ? aboutName(placed, found) : found);
    } else if (found.kind !== "ignored") nodes.push({ ...placed, ...found, dependencies: [] });
  }
  const wired = wire(nodes, { ...options, scope });
  const ordered = orderNodes(wired.nodes);
  const all = [...diagnostics, ...wired.diagnostics, ...ordered.diagnostics];
  if (all.length > 0) return { kind: "invalid", diagnostics: all };
  return { kind: "planned", plan: { nodes: ordered.nodes, scope, warnings: wired.warnings } };
}

/** Services, then declares, then the other blocks of configuration, then components: the order in which Alloy reports. */
function inOrderOfReport(blocks: readonly Block[], { configBlocks }: PlanOptions): readonly Block[] {
  const rank = ({ block: { name } }: Block) => {
    if (configBlocks.get(name)?.kind === "service") return 0;
    if (name === "declare") return 1;
    return configBlocks.has(name) || moduleBlocks.has(name) || name.startsWith("import.") ? 2 : 3;
  };
  return blocks.toSorted((a, b) => rank(a) - rank(b));
}

const moduleBlocks = new Set(["argument", "export", "foreach"]);
const unsupportedImports: Readonly<Record<string, string>> = {
  "import.http": "import.http is not supported here: download the module and use import.file",
  "import.git": "import.git is not supported here: check the repository out and use import.file",
};

interface RoleContext {
  readonly options: PlanOptions;
  readonly scope: ModuleScope;
  readonly seen: Map<string, Block>;
}

type Found = { readonly kind?: undefined; readonly id: string; readonly role: Role } | { readonly kind: "ignored" };

/** What a block is; otherwise an error about its name, or a diagnostic. */
function roleOf(placed: Block, context: RoleContext): Found | string | Diagnostic {
  const { block } = placed;
  const { options } = context;
  const config = options.configBlocks.get(block.name);
  if (config) return configRole(placed, config, context);
  const id = nodeId(block);
  if (block.name === "declare") {
    if (block.label === "declare") return aboutBlock(placed, "'declare' is not a valid label for a declare block");
    return again(placed, id, context) ?? { kind: "ignored" };
  }
  if (moduleBlocks.has(block.name) || isImport(block) || Object.hasOwn(unsupportedImports, block.name)) {
    return moduleRole(placed, context);
  }
  return again(placed, id, context) ?? componentRole(placed, context);
}

function configRole(placed: Block, config: ConfigBlock, context: RoleContext): Found | string | Diagnostic {
  const { name } = config;
  const { options, seen } = context;
  if (options.parent) {
    const service = `service blocks not allowed inside a module: ${JSON.stringify(name)}`;
    return aboutBlock(placed, config.kind === "service" ? service : `${name} block not allowed inside a module`);
  }
  if (config.kind === "service" && seen.has(name)) {
    return aboutBlock(placed, `duplicate definition of ${JSON.stringify(name)}`);
  }
  const twice = again(placed, name, context);
  if (twice) return twice;
  const unstable = stabilityProblem(`block ${JSON.stringify(name)}`, config.stability, options.stability);
  return unstable ? aboutBlock(placed, unstable) : { id: name, role: { kind: "config", definition: config } };
}

function moduleRole(placed: Block, context: RoleContext): Found | string | Diagnostic {
  const { block } = placed;
  const { options } = context;
  const { name } = block;
  if ((name === "argument" || name === "export") && !options.parent) {
    return aboutBlock(placed, `${name} blocks only allowed inside a module`);
  }
  if (Object.hasOwn(unsupportedImports, name)) return aboutBlock(placed, unsupportedImports[name] ?? "");
  if (block.label === "") return aboutBlock(placed, `${name} block must have a label`);
  const twice = again(placed, nodeId(block), context);
  if (twice) return twice;
  if (name === "foreach") {
    const unstable = stabilityProblem('block "foreach"', "experimental", options.stability);
    if (unstable) return aboutBlock(placed, unstable);
  }
  const kind = isImport(block) ? "import" : (name as "argument" | "export" | "foreach");
  return { id: nodeId(block), role: { kind } };
}

function componentRole({ block }: Block, { options, scope }: RoleContext): Found | string {
  const { name, label } = block;
  const id = nodeId(block);
  const definition = options.definitions.get(name);
  const declared = findDeclared(scope, name) !== undefined || isImported(scope, name);
  if (!definition && !declared) return options.refuse?.(name) ?? unknownComponent(name);
  const what = `component ${JSON.stringify(name)}`;
  if (definition && !declared) {
    const unstable = stabilityProblem(what, definition.stability, options.stability);
    if (unstable !== undefined) return unstable;
  }
  if (label === "") return `${what} must have a label`;
  return { id, role: definition && !declared ? { kind: "component", definition } : { kind: "module" } };
}

/** The error that a node of this id was there before; notes it otherwise. */
function again(placed: Block, id: string, { seen }: RoleContext): Diagnostic | undefined {
  const before = seen.get(id);
  if (!before) {
    seen.set(id, placed);
    return undefined;
  }
  const place = placeText(before.source.position(before.block.start));
  return aboutName(placed, `block ${id} already declared at ${place}`, Buffer.byteLength(id));
}

function isImport({ name }: BlockStatement): boolean {
  return name === "import.file" || name === "import.string";
}
