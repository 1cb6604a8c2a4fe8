import type { ServiceKey } from "./component.ts";

/** The processes that share targets. One that is alone has them all. */
export interface Cluster {
  /** Whether this process, of all members, is the one that works on `key`. */
  owns(key: string): boolean;
  /** Calls `listener` when `owns` may say something else; the function that comes back ends that. */
  onChange(listener: () => void): () => void;
}

/** The cluster that this process belongs to. */
export const clusterService: ServiceKey<Cluster> = { name: "cluster" };

/** Nobody shares. */
export const alone: Cluster = { owns: () => true, onChange: () => () => {} };
