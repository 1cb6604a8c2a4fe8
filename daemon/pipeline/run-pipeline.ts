import { createHash } from "node:crypto";
import { totalmem } from "node:os";
import { reportDiagnostics } from "../../shared/alloy/report.ts";
import type { Source } from "../../shared/alloy/source.ts";
import { fromEnvironment, resolve } from "../../shared/config/resolve.ts";
import { errorText } from "../../shared/error-text.ts";
import type { ChangeRules } from "../../shared/http/guard-changes.ts";
import { guardPages } from "../../shared/http/same-origin.ts";
import { createProcessMetrics } from "../../shared/node/process-metrics.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { overviewOf } from "../../shared/overview/overview.ts";
import { createUi } from "../../ui/serve/ui.ts";
import { createDeadLettersPages } from "../admin/dead-letters.ts";
import { adminTlsOf, type HttpSettings } from "../config-blocks/http.ts";
import { createController, type LoadOutcome } from "../controller/controller.ts";
import { createLiveDebugging } from "../controller/live-debugging.ts";
import { inFlightLimit } from "../process/memory-limit.ts";
import { createAdminServer } from "./admin-server.ts";
import { createDebugPages } from "./debug-pages.ts";
import { goPlatform } from "./host-library.ts";
import { loadErrorText } from "./load-error.ts";
import { createPages } from "./pages.ts";
import { createPipelineCalls } from "./pipeline-calls.ts";
import { pipelineHost } from "./pipeline-host.ts";
import { createPipelineTelemetry } from "./pipeline-telemetry.ts";
import { createSelfTraces } from "./self-traces.ts";
import { createServices, type ServicesOptions } from "./services.ts";

export interface RunPipelineOptions {
  flag(name: string): string;
  readonly version: string;
  /** Reads the configuration, at the start and at each reload. Throws a sentence for a person. */
  read(): Promise<readonly Source[]>;
  /** Flags that were given and have no effect. */
  readonly withoutEffect: readonly string[];
  /** Standard error: log lines, and what is wrong with the configuration. */
  readonly write: (text: string) => void;
  readonly color: boolean;
  /** Called for SIGHUP, and for what asks the process to stop. */
  onReload(reload: () => void): void;
  readonly stop: Promise<string>;
}

/** Runs a configuration until it is asked to stop; answers with the exit code. */
export async function runPipeline(options: RunPipelineOptions): Promise<0 | 1> {
  const { flag, version, write } = options;
  const traces = createSelfTraces({ version, now: clock.now, random: Math.random });
  const telemetry = createPipelineTelemetry(write, traces.observe);
  const { emit, metrics, recent } = telemetry;
  const settings = readSettings(process.env);
  let http: HttpSettings = {};
  let running: readonly Source[] = [];
  const services = createServices({
    storagePath: flag("storage.path"),
    emit,
    inFlightBytes: inFlightLimit({
      configured: undefined,
      workers: 1,
      constrained: process.constrainedMemory(),
      total: totalmem(),
    }),
    ...settings.storage,
  });
  const debugging = createLiveDebugging();
  const controls = {
    setLogging: telemetry.setLogging,
    setLiveDebugging: debugging.configure,
    setTracing: traces.configure,
    async setHttp(settings: HttpSettings) {
      http = settings;
      await server.secure(settings.tls && adminTlsOf(settings.tls));
    },
  };
  const host = pipelineHost({ flag, version, telemetry, controls, debugging, services });
  const controller = createController(host);
  const measureProcess = createProcessMetrics(metrics, { version });
  metrics.set("alloy_build_info", { version, ...goPlatform() }, 1);
  const place = placeOf(flag("server.http.listen-addr"));
  const rules = { ...settings.changes, boundTo: place.host };
  const deadLetters = createDeadLettersPages({ own: services.own, rules, clock, emit });
  const snapshot = () => {
    measureProcess();
    services.measure(metrics);
    for (const [state, count] of Object.entries(controller.healthCounts())) {
      metrics.set("alloy_component_controller_running_components", { health_type: state }, count);
    }
    return metrics.snapshot();
  };
  const ui = createUi({
    program: "pipeline",
    version,
    rules,
    overview: async () => {
      const facts = { now: Date.now(), destinations: recent.destinations() };
      return overviewOf(snapshot(), controller.ready() ? facts : { ...facts, notReady: "no configuration runs" });
    },
    lines: recent.lines,
    hasDeadLetters: true,
    calls: createPipelineCalls({
      controller,
      recent,
      edges: debugging.edges,
      snapshot,
      running: () => running,
      read: options.read,
      reload,
      now: clock.now,
    }),
  });
  const handle = createPages({
    controller,
    pages: host.pages,
    debug: createDebugPages({ controller, debugging, clock: host.clock, random: host.random }),
    reload,
    snapshot: () => [...snapshot(), ...services.lineMetrics()],
    http: () => http,
    deadLetters,
    ui,
  });
  const guarded = guardPages(handle, place.host);
  const server = createAdminServer(guarded, place);
  const address = await server.open();
  await services.open();
  const first = await load();
  telemetry.release();
  if (first.kind === "invalid") {
    write(`${first.report}\nError: could not perform the initial load successfully\n`);
    await close();
    return 1;
  }
  for (const name of options.withoutEffect) emit("graph.warned", { place: name, message: "this flag has no effect" });
  emit("pipeline.listening", { addr: address });
  emit("pipeline.running", {});
  options.onReload(() => void reload());
  emit("server.stopping", { reason: await options.stop });
  await controller.stop();
  await close();
  return 0;

  async function load(): Promise<LoadOutcome & { readonly report: string }> {
    const sources = await options.read().catch((error: unknown) => errorText(error));
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
    const report = reportDiagnostics(told, {
      sources: new Map(sources.map((source) => [source.name, source])),
      color: options.color,
    });
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

  async function close(): Promise<void> {
    await server.close();
    await services.close();
  }
}

function hashOf(sources: readonly Source[]): string {
  const hash = createHash("sha256");
  for (const { bytes } of sources) hash.update(bytes);
  return hash.digest("hex");
}

/** What a pipeline takes from the environment: bounds of its queues, and who may change something on its admin port. */
interface PipelineSettings {
  readonly storage: Pick<ServicesOptions, "maxStorageBytes" | "maxStorageAgeMs">;
  readonly changes: Omit<ChangeRules, "boundTo">;
}

/** Throws a sentence for a person. */
function readSettings(env: NodeJS.ProcessEnv): PipelineSettings {
  const resolved = resolve(fromEnvironment(env));
  if (resolved.kind === "invalid") throw new Error(resolved.problems.map(({ message }) => message).join("\n"));
  const { storageMaxBytes: maxStorageBytes, storageMaxAge: maxStorageAgeMs } = resolved.config;
  const { adminTokens = [], adminReadOnly: readOnly } = resolved.config;
  return { storage: { maxStorageBytes, maxStorageAgeMs }, changes: { tokens: () => adminTokens, readOnly } };
}

/** `host:port` of a flag; an empty host means every address. */
function placeOf(address: string): { readonly host: string; readonly port: number; readonly setting: string } {
  const setting = "--server.http.listen-addr";
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (port === "" || Number(port) > 65_535) {
    throw new Error(`${setting} is host:port, such as 127.0.0.1:12345, not ${JSON.stringify(address)}`);
  }
  return { host: host.replace(/^\[|\]$/g, "") || "0.0.0.0", port: Number(port), setting };
}
