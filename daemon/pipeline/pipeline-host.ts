import { hostname } from "node:os";
import { parseDuration } from "../../shared/alloy/duration.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { components } from "../components/components.ts";
import { configBlocks, type ProcessControls } from "../config-blocks/config-blocks.ts";
import { createComponentPages } from "../controller/component-pages.ts";
import type { GraphHost } from "../controller/graph-host.ts";
import type { LiveDebugging } from "../controller/live-debugging.ts";
import { createSequence } from "../controller/sequence.ts";
import { stabilities } from "../controller/stability.ts";
import { createTap } from "../controller/taps.ts";
import { hostLibrary } from "./host-library.ts";
import type { PipelineTelemetry } from "./pipeline-telemetry.ts";
import { readSources } from "./read-config.ts";
import type { Services } from "./services.ts";

export interface PipelineHostOptions {
  /** The value of a flag. */
  flag(name: string): string;
  readonly version: string;
  readonly telemetry: PipelineTelemetry;
  readonly controls: ProcessControls;
  readonly debugging: LiveDebugging;
  readonly services: Services;
}

/** The host of the graph that a process runs. Throws a sentence for a person when a flag cannot be used. */
export function pipelineHost(options: PipelineHostOptions): GraphHost {
  const { flag, version, telemetry, controls, debugging, services } = options;
  const stability = stabilities.find((each) => each === flag("stability.level"));
  if (!stability) {
    throw new Error(
      `--stability.level is one of ${stabilities.join(", ")}, not ${JSON.stringify(flag("stability.level"))}`,
    );
  }
  const deadline = parseDuration(flag("feature.component-shutdown-deadline"));
  if (typeof deadline === "object") throw new Error(`--feature.component-shutdown-deadline: ${deadline.problem}`);
  return {
    definitions: components,
    debugging,
    tap: createTap(debugging),
    configBlocks: configBlocks(controls),
    library: hostLibrary(version),
    stability,
    emit: telemetry.emit,
    metrics: telemetry.metrics,
    clock,
    random: Math.random,
    hostname: process.env.HOSTNAME || hostname(),
    storagePath: flag("storage.path"),
    pages: createComponentPages(flag("server.http.memory-addr")),
    sequence: createSequence(),
    shutdownDeadlineMs: deadline,
    readSources,
    service: (key) => services.get(key),
  };
}
