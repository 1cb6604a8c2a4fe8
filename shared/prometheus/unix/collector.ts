import type { Families } from "../families.ts";
import type { Host } from "./host.ts";
import type { UnixOptions } from "./options.ts";

/** What one scrape of a collector comes to; "no data" means that the machine has nothing of the kind. */
export type Collected = "collected" | "no data";

/** Reads the host and writes samples; throws when what is there cannot be read or understood. */
export type Collect = (host: Host, out: Families) => Collected | Promise<Collected>;

/** A collector of node_exporter, by its name there; `create` keeps what must live between scrapes. */
export interface Collector {
  readonly name: string;
  /** Whether node_exporter 1.11 runs it without being asked. */
  readonly enabled: boolean;
  readonly create: (options: UnixOptions) => Collect;
}
