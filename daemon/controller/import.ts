import { dirname, isAbsolute, join } from "node:path";
import type { Table } from "../../shared/alloy/arguments.ts";
import type { DecodedBody } from "../../shared/alloy/decode-body.ts";
import { type Diagnostic, placeText } from "../../shared/alloy/diagnostic.ts";
import { parseFile } from "../../shared/alloy/parse.ts";
import { createSource, type Source } from "../../shared/alloy/source.ts";
import type { GraphHost } from "./graph-host.ts";
import { messageOf } from "./instance.ts";
import { createModuleScope, type Declared, declareAll, type ModuleScope, type Placed } from "./module-scope.ts";
import { importFileTable, importStringTable } from "./module-tables.ts";
import { aboutBlock, type PlannedNode } from "./node.ts";

export interface ImportContext {
  readonly host: GraphHost;
  readonly scope: ModuleScope;
  /** Where the module around was imported from: relative names are looked up there. */
  readonly path: string;
  decode<Args>(node: PlannedNode, table: Table<Args>): DecodedBody<Args>;
}

export type Imported =
  | {
      readonly kind: "imported";
      readonly declared: ReadonlyMap<string, Declared>;
      /** The file or directory, and how often it is to be looked at. */
      readonly watch?: { readonly path: string; readonly intervalMs: number };
    }
  | { readonly kind: "invalid"; readonly diagnostics: readonly Diagnostic[] };

const maxDepth = 20;

/** Reads what an `import.file` or `import.string` block names, with the imports inside of it. */
export async function readImport(node: PlannedNode, context: ImportContext): Promise<Imported> {
  const invalid = (message: string): Imported => ({
    kind: "invalid",
    diagnostics: [aboutBlock(node, `Failed to evaluate node for config block: ${message}`)],
  });
  const { block } = node;
  if (block.name === "import.string") {
    const decoded = context.decode(node, importStringTable);
    if (decoded.kind === "invalid") return invalid(inWords(decoded.diagnostic));
    const { content = "" } = decoded.args;
    const text = typeof content === "string" ? content : content.reveal();
    return declaredIn([createSource(block.label, text)], { context, path: context.path, depth: 0, invalid });
  }
  const decoded = context.decode(node, importFileTable);
  if (decoded.kind === "invalid") return invalid(inWords(decoded.diagnostic));
  const { filename, poll_frequency: intervalMs } = decoded.args;
  const read = await fromFile(filename, { context, path: context.path, depth: 0, invalid });
  return read.kind === "invalid" ? read : { ...read, watch: { path: pathOf(filename, context.path), intervalMs } };
}

function pathOf(filename: string, path: string): string {
  return isAbsolute(filename) || path === "" ? filename : join(path, filename);
}

interface Reading {
  readonly context: ImportContext;
  readonly path: string;
  readonly depth: number;
  invalid(message: string): Imported;
}

async function fromFile(filename: string, reading: Reading): Promise<Imported> {
  const path = pathOf(filename, reading.path);
  try {
    const sources = await reading.context.host.readSources(path);
    const directory = sources.length === 1 && sources[0]?.name === path ? dirname(path) : path;
    return declaredIn(sources, { ...reading, path: directory });
  } catch (error) {
    return reading.invalid(`failed to read file: ${messageOf(error)}`);
  }
}

async function declaredIn(sources: readonly Source[], reading: Reading): Promise<Imported> {
  if (reading.depth > maxDepth) return reading.invalid(`imports are nested more than ${maxDepth} deep`);
  const statements: Placed[] = [];
  for (const source of sources) {
    const parsed = parseFile(source);
    if (parsed.kind === "invalid") return { kind: "invalid", diagnostics: parsed.diagnostics };
    statements.push(...parsed.tree.body.map((statement) => ({ statement, source })));
  }
  const scope = createModuleScope(undefined);
  declareAll(scope, statements, reading.path);
  for (const { statement } of statements) {
    if (statement.kind === "block" && statement.name === "declare") continue;
    if (statement.kind !== "block" || !statement.name.startsWith("import.")) {
      return reading.invalid(`only declare and import blocks are allowed in a module, got ${statement.name}`);
    }
    const inner = await innerImport(statement, reading);
    if (inner.kind === "invalid") return inner;
    scope.imports.set(statement.label, inner.declared);
  }
  return { kind: "imported", declared: scope.declares };
}

/** An import inside of what was imported; its arguments must be literal text. */
async function innerImport(
  { name, body }: Extract<Placed["statement"], { kind: "block" }>,
  reading: Reading,
): Promise<Imported> {
  const wanted = name === "import.file" ? "filename" : name === "import.string" ? "content" : undefined;
  if (wanted === undefined) return reading.invalid(`${name} is not supported here: use import.file`);
  const given = body.find((each) => each.kind === "attribute" && each.name === wanted);
  const value = given?.kind === "attribute" ? given.value : undefined;
  if (value?.kind !== "literal" || value.token !== "STRING") {
    return reading.invalid(`${wanted} of an import inside of a module must be a literal string`);
  }
  const text = value.text.slice(1, -1);
  const inner = { ...reading, depth: reading.depth + 1 };
  return wanted === "filename" ? fromFile(text, inner) : declaredIn([createSource(name, text)], inner);
}

function inWords({ message, start }: Diagnostic): string {
  return `decoding configuration: ${start ? `${placeText(start)}: ` : ""}${message}`;
}
