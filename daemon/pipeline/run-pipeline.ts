import { totalmem } from "node:os";
import type { Source } from "../../shared/alloy/source.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { adminTlsOf, type HttpSettings } from "../config-blocks/http.ts";
import { createController } from "../controller/controller.ts";
import { createLiveDebugging } from "../controller/live-debugging.ts";
import { inFlightLimit } from "../process/memory-limit.ts";
import { createAdminPages } from "./admin-pages.ts";
import { createAdminServer } from "./admin-server.ts";
import { createClusterNode } from "./cluster-node.ts";
import { createConfigLoader } from "./config-loader.ts";
import { goPlatform } from "./host-library.ts";
import { pipelineHost } from "./pipeline-host.ts";
import { adminPlaceOf, readPipelineSettings } from "./pipeline-settings.ts";
import { createPipelineTelemetry } from "./pipeline-telemetry.ts";
import { createSelfTraces } from "./self-traces.ts";
import { createServices } from "./services.ts";
import { unsetVariables } from "./unset-variables.ts";

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
  const { flag, version, read, write, color } = options;
  const traces = createSelfTraces({ version, now: clock.now, random: Math.random });
  const telemetry = createPipelineTelemetry(write, traces.observe);
  const { emit, metrics } = telemetry;
  const settings = readPipelineSettings(process.env);
  let http: HttpSettings = {};
  const cluster = createClusterNode({ flag, emit, metrics, headers: () => ownHeaders(http) });
  const services = createServices({
    storagePath: flag("storage.path"),
    emit,
    cluster,
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
  const loader = createConfigLoader({ controller, telemetry, read, write, color });
  metrics.set("alloy_build_info", { version, ...goPlatform() }, 1);
  const place = adminPlaceOf(flag("server.http.listen-addr"));
  const pages = createAdminPages({
    version,
    host,
    controller,
    loader,
    services,
    telemetry,
    debugging,
    cluster,
    rules: { ...settings.changes, boundTo: place.host },
    http: () => http,
    read,
  });
  const server = createAdminServer(pages, place);
  const address = await server.open();
  await services.open();
  await cluster.start(address);
  const first = await loader.load();
  telemetry.release();
  if (first.kind === "invalid") {
    const unset = await read().then(
      (sources) => unsetVariables(sources, process.env),
      () => "",
    );
    write(`${first.report}\n${unset}Error: could not perform the initial load successfully\n`);
    await close();
    return 1;
  }
  for (const name of options.withoutEffect) emit("graph.warned", { place: name, message: "this flag has no effect" });
  emit("pipeline.listening", { addr: address });
  emit("pipeline.running", {});
  options.onReload(() => void loader.reload());
  emit("server.stopping", { reason: await options.stop });
  await cluster.stop();
  await controller.stop();
  await close();
  return 0;

  async function close(): Promise<void> {
    await server.close();
    await services.close();
  }
}

/** All members run the same configuration: what this admin port asks for, the others ask for. */
function ownHeaders({ auth }: HttpSettings): Readonly<Record<string, string>> {
  if (!auth?.basic) return {};
  const { username, password } = auth.basic;
  return { authorization: `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString("base64")}` };
}
