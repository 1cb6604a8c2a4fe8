import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import type { ReadOttl } from "./read-ottl.ts";
import { writeValue } from "./write-value.ts";

/** A pipeline that was read, and what stands for it in a bundle. */
export interface PackagedSources {
  /** The module of its components (`write-pipeline.ts`). */
  readonly pipeline: string;
  readonly ottl: ReadOttl;
}

const namespace = "packaged-pipeline";
/** The module beside the bundle that reads pipelines as they stand in their files, and what it is made of. */
export const readingModule = "pipeline.mjs";
export const readingEntry = "functions/pipeline/start-pipeline.ts";

/**
 * Puts a pipeline into the bundle of a function: in place of `functions/packaged.ts` the pipeline, in place of OTTL's parser what it has read
 * in it, before the judge of patterns what it has said, in place of functions of OTTL that it does not use nothing. What reads pipelines is not bundled: it lies beside.
 */
export function packagedPipeline({ pipeline, ottl }: PackagedSources, root: string): Plugin {
  const loader = `
    export const loadPackaged = () => import(${JSON.stringify(`${namespace}:start`)});`;
  const start = `
    export { startPackaged } from ${JSON.stringify(join(root, "functions/pipeline/start-packaged.ts"))};
    export { nodes } from ${JSON.stringify(`${namespace}:nodes`)};`;
  const parser = `
    const statements = ${writeValue(ottl.statements)};
    const conditions = ${writeValue(ottl.conditions)};
    export const parseStatement = (text) => known(statements.get(text), text);
    export const parseCondition = (text) => known(conditions.get(text), text);
    function known(node, text) {
      if (!node) throw new Error("not read when the function was packaged: " + text);
      return node;
    }`;
  const judge = `
    import { judgePattern as judge } from "./judge.ts";
    const judged = ${writeValue(ottl.patterns)};
    export const judgePattern = (source) => judged.get(source) ?? judge(source);`;
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /[/]start-pipeline[.]ts$/ }, () => ({ path: `./${readingModule}`, external: true }));
      onResolve({ filter: new RegExp(`^${namespace}:`) }, ({ path }) => ({
        path: path.slice(namespace.length + 1),
        namespace,
      }));
      onLoad({ filter: /[/]functions[/]packaged[.]ts$/ }, () => ({ contents: loader }));
      onLoad({ filter: /^start$/, namespace }, () => ({ contents: start, resolveDir: root }));
      onLoad({ filter: /^nodes$/, namespace }, () => ({ contents: pipeline, resolveDir: root }));
      onLoad({ filter: /[/]shared[/]ottl[/]parser[.]ts$/ }, () => ({ contents: parser }));
      onResolve({ filter: /[/]judge[.]ts$/ }, ({ importer }) =>
        /[/]shared[/]re2[/]re2[.]ts$/.test(importer) ? { path: "judge", namespace } : undefined,
      );
      onLoad({ filter: /^judge$/, namespace }, () => ({ contents: judge, resolveDir: join(root, "shared/re2") }));
      onResolve({ filter: /^[.][/]/ }, ({ importer, path, resolveDir }) =>
        /[/]ottl[/]functions[/]functions[.]ts$/.test(importer) ? emptyUnlessUsed(join(resolveDir, path)) : undefined,
      );
      onLoad({ filter: /.*/, namespace: "unused-functions" }, ({ path }) => emptied(path));
    },
  };

  async function emptyUnlessUsed(file: string) {
    const used = (await rowsOf(file)).some(([, rows]) => rows.some(({ name }) => ottl.functions.has(name)));
    return used ? undefined : { path: file, namespace: "unused-functions" };
  }
}

interface Row {
  readonly name: string;
}

/** The functions that a module of OTTL's exports, by the names of its exports: tables, and single ones. */
async function rowsOf(file: string): Promise<readonly (readonly [string, readonly Row[]])[]> {
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
  return Object.entries(module).map(([name, value]) => [name, [value].flat().filter(isRow)]);
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && "build" in value;
}

/** The same exports with nothing in them: no name in the file leads to them. */
async function emptied(file: string) {
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
  const contents = Object.entries(module).map(
    ([name, value]) => `export const ${name} = ${Array.isArray(value) ? "[]" : '{ name: "" }'};`,
  );
  return { contents: contents.join("\n") };
}
