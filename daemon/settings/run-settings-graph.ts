import { hostname } from "node:os";
import type { Source } from "../../shared/alloy/source.ts";
import type { Budget } from "../../shared/commit/budget.ts";
import type { Health } from "../../shared/grpc/health.ts";
import { createInTurn } from "../../shared/node/loop-turn.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import type { SenderLimits } from "../../shared/senders/sender-limits.ts";
import type { Emit, EventName } from "../../shared/telemetry/events/events.ts";
import type { Metrics } from "../../shared/telemetry/metrics/metrics.ts";
import { createComponentPages } from "../controller/component-pages.ts";
import { type Controller, createController } from "../controller/controller.ts";
import { createLiveDebugging } from "../controller/live-debugging.ts";
import { createSequence } from "../controller/sequence.ts";
import { createTap } from "../controller/taps.ts";
import { budgetService } from "../egress/services.ts";
import { listen } from "../ingress/listen.ts";
import type { OtlpServer } from "../ingress/otlp-server.ts";
import { type ServerHost, serverHostService } from "../ingress/server-host.ts";
import { type FromSettings, settingsComponents, settingsService } from "./settings-components.ts";

export interface SettingsGraphOptions {
  readonly graph: Source;
  readonly emit: Emit;
  readonly metrics: Metrics;
  readonly budget: Budget;
  readonly health: Health;
  readonly fromSettings: FromSettings;
  readonly senderLimits: SenderLimits;
  /** How long requests under way may take at the end. */
  readonly closeMs: number;
}

/** A running graph of the settings. */
export interface SettingsGraph {
  readonly controller: Controller;
  readonly grpc: OpenServer;
  readonly http: OpenServer;
}

interface OpenServer {
  readonly server: OtlpServer;
  /** `host:port`. */
  readonly address: string;
}

const ports = { grpc: "SLUICE_GRPC_PORT", http: "SLUICE_HTTP_PORT" } as const;
/** How a graph is built is logged where somebody has written it. */
const untold: ReadonlySet<EventName> = new Set([
  "graph.evaluating",
  "node.evaluated",
  "graph.evaluated",
  "graph.scheduled",
  "receiver.grpc",
  "receiver.http",
  "receiver.failed",
]);

/** Runs the graph that the settings describe, once both ports are open. Rejects with a sentence for a person. */
export async function runSettingsGraph(options: SettingsGraphOptions): Promise<SettingsGraph> {
  const { graph, emit, metrics, budget, health, fromSettings, senderLimits, closeMs } = options;
  const opened = { grpc: Promise.withResolvers<OpenServer>(), http: Promise.withResolvers<OpenServer>() };
  const serverHost: ServerHost = {
    health,
    inTurn: createInTurn(),
    senderLimits,
    closeMs,
    async listen(server, { transport, host, port }) {
      const address = await listen(server, { host, port, setting: ports[transport] });
      opened[transport].resolve({ server, address });
      return address;
    },
    failed(error) {
      for (const each of Object.values(opened)) each.reject(error);
    },
  };
  const services: Readonly<Record<string, unknown>> = {
    [serverHostService.name]: serverHost,
    [budgetService.name]: budget,
    [settingsService.name]: fromSettings,
  };
  const debugging = createLiveDebugging();
  const controller = createController({
    definitions: settingsComponents,
    configBlocks: new Map(),
    library: new Map(),
    stability: "generally-available",
    emit: (name, fields) => (untold.has(name) ? undefined : emit(name, fields)),
    metrics,
    clock,
    random: Math.random,
    hostname: hostname(),
    storagePath: "",
    pages: createComponentPages(""),
    debugging,
    tap: createTap(debugging),
    sequence: createSequence(),
    shutdownDeadlineMs: closeMs,
    readSources: async () => [],
    service: (key) => services[key.name] as never,
  });
  const loaded = await controller.load([graph]);
  if (loaded.kind === "invalid") throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
  const [grpc, http] = await Promise.all([opened.grpc.promise, opened.http.promise]);
  return { controller, grpc, http };
}
