import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ComponentDefinition } from "../../daemon/controller/component.ts";
import { attribute, block } from "../../functions/pipeline/packaged-node.ts";
import type { Statement } from "../../shared/alloy/ast.ts";
import type { ReadNode } from "./read-pipeline.ts";
import { writeExpression } from "./write-expression.ts";

/** The module of a packaged pipeline: it exports `nodes`, and imports the components that are in the file. */
export async function writePipeline(nodes: readonly ReadNode[], root: string): Promise<string> {
  const ids = new Set(nodes.map(({ id }) => id));
  const definitions = [...new Set(nodes.map(({ role }) => role.definition))];
  const imports = await Promise.all(
    definitions.map(async (definition, at) => {
      const { file, name } = await exportOf(definition, root);
      return importOf(`${name} as component${at}`, file);
    }),
  );
  const written = nodes.map((node) => {
    const value = (expression: Parameters<typeof writeExpression>[0]) =>
      writeExpression(expression, { ids, dependencies: node.dependencies });
    const definition = `component${definitions.indexOf(node.role.definition)}`;
    return `  { id: ${JSON.stringify(node.id)}, definition: ${definition}, body: ${writeBody(node.block.body, value)} },`;
  });
  const body = `export const nodes = [\n${written.join("\n")}\n];\n`;
  imports.push(importOf(`${attribute.name}, ${block.name}`, join(root, "functions/pipeline/packaged-node.ts")));
  // The language and its library only where there is something left to evaluate.
  if (body.includes("createLibrary")) {
    imports.push(importOf("evaluate", join(root, "shared/alloy/evaluate.ts")));
    imports.push(importOf("createLibrary", join(root, "shared/alloy/library/library.ts")));
  }
  return `${imports.join("\n")}\n\n${body}`;
}

function importOf(names: string, file: string): string {
  return `import { ${names} } from ${JSON.stringify(file)};`;
}

function writeBody(
  body: readonly Statement[],
  value: (expression: Extract<Statement, { kind: "attribute" }>["value"]) => string,
): string {
  const written = body.map((statement) => {
    const name = JSON.stringify(statement.name);
    if (statement.kind === "attribute") return `${attribute.name}(${name}, ${value(statement.value)})`;
    const label = statement.label === "" ? "" : `, ${JSON.stringify(statement.label)}`;
    return `${block.name}(${name}, ${writeBody(statement.body, value)}${label})`;
  });
  return `[${written.join(", ")}]`;
}

/** Where a component is defined: in the file of its name, or as the function's own. */
async function exportOf(definition: ComponentDefinition, root: string) {
  const path = `${definition.name.replaceAll(".", "/").replaceAll("_", "-")}.ts`;
  for (const file of ["functions/pipeline/receiver.ts", `daemon/components/${path}`]) {
    const module: Record<string, unknown> = await import(pathToFileURL(join(root, file)).href).catch(() => ({}));
    const name = Object.keys(module).find((each) => module[each] === definition);
    if (name !== undefined) return { file: join(root, file), name };
  }
  throw new Error(`the file of the component ${definition.name} was not found`);
}
