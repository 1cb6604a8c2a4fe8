import { parseSync } from "oxc-parser";
import { reassigned } from "./reassigned.ts";
import type { ColumnOf } from "./shift-map.ts";

/** A script, and where the columns of its module have gone. */
export interface Script {
  readonly text: string;
  readonly columnOf: ColumnOf;
}

/**
 * An ES module of esbuild's as a function of `require`, `load` and `module`, which answers with what the module exports (see
 * `loader.ts`). What is imported becomes a constant: throws when the module exports what is assigned to later, for that
 * would be seen only with an import. A module that awaits at its top becomes an async function.
 */
export function asScript(name: string, text: string): Script {
  const { program, module, errors } = parseSync(name, text);
  if (errors.length > 0) throw new Error(`${name} cannot be parsed: ${errors[0]?.message}`);
  if (module.importMetas.length > 0) throw new Error(`${name} uses import.meta, which a script does not have.`);
  const edits: Edit[] = [];
  const names: string[] = [];
  for (const { start, end, moduleRequest, entries } of module.staticImports) {
    const bound = entries.map(({ importName, localName }) => {
      if (importName.kind !== "Name") throw new Error(`${name} imports ${importName.kind} of ${moduleRequest.value}.`);
      return `${importName.name}:${localName.value}`;
    });
    const request = `require(${JSON.stringify(moduleRequest.value)});`;
    edits.push({ start, end, text: bound.length === 0 ? request : `const{${bound.join()}}=${request}` });
  }
  const exported: string[] = [];
  for (const node of program.body) {
    if (!node.type.startsWith("Export")) continue;
    if (node.type === "ExportDefaultDeclaration" && /Expression$/.test(node.declaration.type)) {
      edits.push({ start: node.start, end: node.declaration.start, text: "const defaultExport=" });
      exported.push("default:defaultExport");
      continue;
    }
    if (node.type !== "ExportNamedDeclaration" || node.source || node.declaration) {
      throw new Error(`${name} has an export that esbuild does not write: ${text.slice(node.start, node.start + 80)}`);
    }
    for (const { local, exported: outer } of node.specifiers) {
      names.push(text.slice(local.start, local.end));
      exported.push(`${text.slice(outer.start, outer.end)}:${names.at(-1)}`);
    }
    edits.push({ start: node.start, end: node.end, text: "" });
  }
  for (const { start, moduleRequest } of module.dynamicImports) {
    edits.push({ start, end: moduleRequest.start, text: "load(" });
  }
  const { assigned, awaits } = reassigned(program, new Set(names));
  if (assigned.length > 0) throw new Error(`${name} exports ${assigned.join(", ")}, and assigns to it again.`);
  const body = applied(
    text.replace(/^#!.*/, (line) => " ".repeat(line.length)),
    edits,
  );
  const head = `(${awaits ? "async " : ""}function(require,load,module){"use strict";`;
  return { text: `${head}${body}\nreturn{${exported.join()}}})`, columnOf: moved(text, edits, head.length) };
}

/** A CommonJS module in the same form. */
export function commonJsAsScript(text: string): string {
  return `(function(require,load,module){var exports=module.exports;${text}\nreturn module.exports})`;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits stay within a line: what is behind one has moved by what it is longer. */
function moved(text: string, edits: readonly Edit[], head: number): ColumnOf {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (line, column) => {
    const start = starts[line] ?? 0;
    const before = edits.filter((edit) => edit.start >= start && edit.end <= start + column);
    const longer = before.reduce((sum, edit) => sum + edit.text.length - (edit.end - edit.start), 0);
    return column + longer + (line === 0 ? head : 0);
  };
}

function applied(text: string, edits: readonly Edit[]): string {
  let at = 0;
  let result = "";
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
