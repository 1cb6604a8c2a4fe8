import { configBlocks, noControls } from "../../daemon/config-blocks/config-blocks.ts";
import type { GraphHost } from "../../daemon/controller/graph-host.ts";
import { createSequence } from "../../daemon/controller/sequence.ts";
import { createLibrary } from "../../shared/alloy/library/library.ts";
import { type ComponentHostOptions, componentHost, libraryHost } from "./component-host.ts";
import { functionComponents } from "./components.ts";
import { refuseInFunction } from "./refuse.ts";

export interface FunctionHostOptions extends ComponentHostOptions {
  /** What `sys.env` finds. */
  readonly variable: (name: string) => string | undefined;
}

/** The host of a graph that runs in a function: its components, and nothing that listens, scrapes or writes files. */
export function functionHost(options: FunctionHostOptions): GraphHost {
  return {
    ...componentHost(options),
    definitions: functionComponents,
    refuse: refuseInFunction,
    configBlocks: configBlocks(noControls),
    library: createLibrary(libraryHost(options.variable)),
    // Nobody can look into a function: what components hand to each other is left as it is.
    tap: (_from, value) => value,
    sequence: createSequence(),
    async readSources(path) {
      throw new Error(`a function has no files: put what ${path} declares into the pipeline itself`);
    },
  };
}
