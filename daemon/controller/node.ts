import type { BlockStatement } from "../../shared/alloy/ast.ts";
import type { Diagnostic } from "../../shared/alloy/diagnostic.ts";
import type { Source } from "../../shared/alloy/source.ts";
import type { ComponentDefinition } from "./component.ts";
import type { ConfigBlock } from "./config-block.ts";

/** A block of a configuration as a node of the graph. */
export interface PlannedNode {
  /** Name of the block, and its label: `prometheus.scrape.default`. */
  readonly id: string;
  readonly role: Role;
  readonly block: BlockStatement;
  readonly source: Source;
  /** Nodes that its expressions refer to, each once. */
  readonly dependencies: readonly string[];
}

export type Role =
  | { readonly kind: "component"; readonly definition: ComponentDefinition }
  /** A component that the configuration declares itself. */
  | { readonly kind: "module" }
  | { readonly kind: "config"; readonly definition: ConfigBlock }
  | { readonly kind: "argument" }
  | { readonly kind: "export" }
  | { readonly kind: "import" }
  | { readonly kind: "foreach" };

/** An error about a block as a whole. */
export function aboutBlock({ block, source }: Pick<PlannedNode, "block" | "source">, message: string): Diagnostic {
  return aboutExtent(source, block, message);
}

/** An error about the name of a block; `length` is how many bytes are underlined. */
export function aboutName(
  { block, source }: Pick<PlannedNode, "block" | "source">,
  message: string,
  length = Buffer.byteLength(block.name),
): Diagnostic {
  return aboutExtent(source, { start: block.start, end: block.start + length - 1 }, message);
}

/** An error at a part of a source. */
export function aboutExtent(
  source: Source,
  { start, end }: { readonly start: number; readonly end: number },
  message: string,
): Diagnostic {
  return { severity: "error", message, start: source.position(start), end: source.position(end) };
}

/** The id of the node that a block is. */
export function nodeId({ name, label }: Pick<BlockStatement, "name" | "label">): string {
  return label === "" ? name : `${name}.${label}`;
}
