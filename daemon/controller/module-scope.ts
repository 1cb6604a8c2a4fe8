import type { BlockStatement, Statement } from "../../shared/alloy/ast.ts";
import type { Source } from "../../shared/alloy/source.ts";

/** A statement with the file that it is from. */
export interface Placed<S extends Statement = Statement> {
  readonly source: Source;
  readonly statement: S;
}

/** A component that a configuration declares itself: its body is a module. */
export interface Declared {
  readonly source: Source;
  readonly block: BlockStatement;
  /** Where names inside of it are looked up. */
  readonly scope: ModuleScope;
  /** Directory or file that it was imported from; empty for what the main file declares. */
  readonly path: string;
}

/** What a module sees beside the components that are built in: its own `declare` blocks, its imports, and those around it. */
export interface ModuleScope {
  readonly parent: ModuleScope | undefined;
  readonly declares: Map<string, Declared>;
  /** By label of the import, the declares of what was imported; undefined until it has been read. */
  readonly imports: Map<string, ReadonlyMap<string, Declared> | undefined>;
}

/** The names that a file, or a module inside `parent`, defines. */
export function createModuleScope(parent?: ModuleScope): ModuleScope {
  return { parent, declares: new Map(), imports: new Map() };
}

/** What `name`, of a block, declares in this scope or around it: `m` or `namespace.m`. */
export function findDeclared(scope: ModuleScope | undefined, name: string): Declared | undefined {
  if (!scope) return undefined;
  const [namespace = "", ...rest] = name.split(".");
  const found = rest.length === 0 ? scope.declares.get(name) : scope.imports.get(namespace)?.get(rest.join("."));
  return found ?? findDeclared(scope.parent, name);
}

/** Whether `name` may come from an import of this scope or around it, whatever was read so far. */
export function isImported(scope: ModuleScope | undefined, name: string): boolean {
  const [namespace = "", ...rest] = name.split(".");
  return scope !== undefined && rest.length > 0 && (scope.imports.has(namespace) || isImported(scope.parent, name));
}

/** Puts the `declare` blocks among `statements` into the scope. */
export function declareAll(scope: ModuleScope, statements: readonly Placed[], path: string): void {
  for (const { source, statement } of statements) {
    if (statement.kind !== "block" || statement.name !== "declare" || statement.label === "") continue;
    scope.declares.set(statement.label, { source, block: statement, scope, path });
  }
}
