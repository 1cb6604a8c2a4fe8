import { configBlocks, noControls } from "../../daemon/config-blocks/config-blocks.ts";
import { createComponentPages } from "../../daemon/controller/component-pages.ts";
import type { GraphHost } from "../../daemon/controller/graph-host.ts";
import { createLiveDebugging } from "../../daemon/controller/live-debugging.ts";
import { createSequence } from "../../daemon/controller/sequence.ts";
import type { OpenEgress } from "../../daemon/egress/open-egress.ts";
import { egressService } from "../../daemon/egress/services.ts";
import { createLibrary } from "../../shared/alloy/library/library.ts";
import { functionComponents } from "./components.ts";
import { type Intake, intakeService } from "./intake.ts";
import { refuseInFunction } from "./refuse.ts";
import { createServices } from "./services.ts";

export interface FunctionHostOptions extends Pick<GraphHost, "emit" | "metrics" | "clock" | "random"> {
  readonly intake: Intake;
  readonly openEgress: OpenEgress;
  /** What `sys.env` finds. */
  readonly variable: (name: string) => string | undefined;
}

const shutdownDeadlineMs = 1000;

/** The host of a graph that runs in a function: its components, and nothing that listens, scrapes or writes files. */
export function functionHost(options: FunctionHostOptions): GraphHost {
  const { emit, metrics, clock, random, intake, openEgress, variable } = options;
  return {
    definitions: functionComponents,
    refuse: refuseInFunction,
    configBlocks: configBlocks(noControls),
    library: createLibrary({
      env: variable,
      constants: { hostname: "lambda", os: "linux", arch: process.arch === "arm64" ? "arm64" : "amd64", version: "" },
    }),
    stability: "experimental",
    emit,
    metrics,
    debugging: createLiveDebugging(),
    // Nobody can look into a function: what components hand to each other is left as it is.
    tap: (_from, value) => value,
    clock,
    random,
    hostname: "lambda",
    storagePath: "",
    pages: createComponentPages(""),
    sequence: createSequence(),
    shutdownDeadlineMs,
    async readSources(path) {
      throw new Error(`a function has no files: put what ${path} declares into the pipeline itself`);
    },
    service: createServices([
      [intakeService, intake],
      [egressService, openEgress],
    ]),
  };
}
