import type { Plugin } from "esbuild";
import { packagedPipeline } from "./plugin.ts";
import { readOttl } from "./read-ottl.ts";
import { readPipeline } from "./read-pipeline.ts";
import { writePipeline } from "./write-pipeline.ts";

/**
 * Reads a pipeline and answers with what puts it into the bundle of a function; undefined for one that is read as the function starts, because
 * it has modules or blocks that configure.
 */
export async function packagePipeline(text: string, root: string): Promise<Plugin | undefined> {
  const nodes = readPipeline(text);
  return nodes && packagedPipeline({ pipeline: await writePipeline(nodes, root), ottl: readOttl(nodes) }, root);
}
