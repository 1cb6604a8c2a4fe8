import { createHash } from "node:crypto";
import { reportDiagnostics } from "../../shared/alloy/report.ts";
import type { Source } from "../../shared/alloy/source.ts";
import { errorText } from "../../shared/error-text.ts";
import type { Controller, LoadOutcome } from "../controller/controller.ts";
import { loadErrorText } from "./load-error.ts";
import type { PipelineTelemetry } from "./pipeline-telemetry.ts";

export interface ConfigLoaderOptions {
  readonly controller: Pick<Controller, "load">;
  readonly telemetry: Pick<PipelineTelemetry, "emit" | "metrics">;
  /** Rejects with a sentence for a person. */
  read(): Promise<readonly Source[]>;
  /** Standard error: what is wrong with the configuration. */
  readonly write: (text: string) => void;
  readonly color: boolean;
}

/** Reads the configuration and gives it to the controller. */
export interface ConfigLoader {
  /** The report says what is wrong, with the lines; empty where nothing is. */
  load(): Promise<LoadOutcome & { readonly report: string }>;
  /** Loads and tells what came of it; a bad configuration changes nothing. */
  reload(): Promise<LoadOutcome>;
  /** The configuration that runs. */
  running(): readonly Source[];
}

/** Loads and reloads the configuration at one place. */
export function createConfigLoader(options: ConfigLoaderOptions): ConfigLoader {
  const { controller, read, write, color } = options;
  const { emit, metrics } = options.telemetry;
  let running: readonly Source[] = [];
  return { load, reload, running: () => running };

  async function load(): Promise<LoadOutcome & { readonly report: string }> {
    const sources = await read().catch((error: unknown) => errorText(error));
    if (typeof sources === "string") {
      const diagnostics = [{ severity: "error" as const, message: sources }];
      return { kind: "invalid", diagnostics, report: `Error: ${sources}\n` };
    }
    const outcome = await controller.load(sources);
    const loaded = outcome.kind === "loaded";
    metrics.set("alloy_config_last_load_successful", {}, loaded ? 1 : 0);
    if (loaded) {
      running = sources;
      metrics.set("alloy_config_last_load_success_timestamp_seconds", {}, Math.floor(Date.now() / 1_000));
      metrics.clear("alloy_config_hash");
      metrics.set("alloy_config_hash", { sha256: hashOf(sources), cluster_name: "" }, 1);
    }
    const told = outcome.kind === "invalid" ? outcome.diagnostics : [];
    const report = reportDiagnostics(told, { sources: new Map(sources.map((source) => [source.name, source])), color });
    return { ...outcome, report };
  }

  async function reload(): Promise<LoadOutcome> {
    const outcome = await load();
    if (outcome.kind === "loaded") emit("config.reloaded", {});
    else {
      emit("config.failed", { err: loadErrorText(outcome.diagnostics) });
      write(outcome.report);
    }
    return outcome;
  }
}

function hashOf(sources: readonly Source[]): string {
  const hash = createHash("sha256");
  for (const { bytes } of sources) hash.update(bytes);
  return hash.digest("hex");
}
