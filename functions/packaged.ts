import type { PackagedNode } from "./pipeline/packaged-node.ts";
import type { startPackaged } from "./pipeline/start-packaged.ts";

/** A pipeline that a function brings along, and what starts it. */
export interface Packaged {
  readonly nodes: readonly PackagedNode[];
  readonly startPackaged: typeof startPackaged;
}

/**
 * Loads the pipeline that the function was packaged with; undefined where there is none, as in a checkout. Packaging puts a module
 * that it has written in the place of this one (`infra/packaged-pipeline/`).
 */
export const loadPackaged: (() => Promise<Packaged>) | undefined = undefined;
