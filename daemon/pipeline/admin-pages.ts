import type { ChangeRules } from "../../shared/http/guard-changes.ts";
import { guardPages } from "../../shared/http/same-origin.ts";
import { createProcessMetrics } from "../../shared/node/process-metrics.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { overviewOf } from "../../shared/overview/overview.ts";
import type { Snapshot } from "../../shared/telemetry/metrics/metrics.ts";
import { createUi } from "../../ui/serve/ui.ts";
import { createDeadLettersPages } from "../admin/dead-letters.ts";
import type { HttpSettings } from "../config-blocks/http.ts";
import type { Controller } from "../controller/controller.ts";
import type { GraphHost } from "../controller/graph-host.ts";
import type { LiveDebugging } from "../controller/live-debugging.ts";
import type { ClusterNode } from "./cluster-node.ts";
import type { ConfigLoader, ConfigLoaderOptions } from "./config-loader.ts";
import { createDebugPages } from "./debug-pages.ts";
import { createPages } from "./pages.ts";
import { createPipelineCalls } from "./pipeline-calls.ts";
import type { PipelineTelemetry } from "./pipeline-telemetry.ts";
import type { Services } from "./services.ts";

export interface AdminPagesOptions extends Pick<ConfigLoaderOptions, "read"> {
  readonly version: string;
  readonly host: GraphHost;
  readonly controller: Controller;
  readonly loader: ConfigLoader;
  readonly services: Services;
  readonly telemetry: PipelineTelemetry;
  readonly debugging: LiveDebugging;
  readonly cluster: ClusterNode;
  readonly rules: ChangeRules;
  http(): HttpSettings;
}

/** All that the admin port of a pipeline answers: Alloy's pages, the pages for people, dead letters, metrics. */
export function createAdminPages(options: AdminPagesOptions): ReturnType<typeof createPages> {
  const { version, host, controller, loader, services, debugging, cluster, rules, http, read } = options;
  const { emit, recent } = options.telemetry;
  const { reload, running } = loader;
  const snapshot = snapshotOf(options);
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
      running,
      read,
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
    http,
    cluster,
    deadLetters: createDeadLettersPages({ own: services.own, rules, clock, emit }),
    ui,
  });
  return guardPages(handle, rules.boundTo);
}

/** The metrics, with the gauges that are read when somebody asks. */
function snapshotOf({ version, telemetry: { metrics }, services, controller }: AdminPagesOptions): () => Snapshot {
  const measureProcess = createProcessMetrics(metrics, { version });
  return () => {
    measureProcess();
    services.measure(metrics);
    for (const [state, count] of Object.entries(controller.healthCounts())) {
      metrics.set("alloy_component_controller_running_components", { health_type: state }, count);
    }
    return metrics.snapshot();
  };
}
