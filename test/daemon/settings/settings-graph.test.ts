import { describe, expect, it } from "vitest";
import { componentsJson } from "../../../daemon/controller/component-json.ts";
import { createController } from "../../../daemon/controller/controller.ts";
import { budgetService } from "../../../daemon/egress/services.ts";
import { createServerHost, serverHostService } from "../../../daemon/ingress/server-host.ts";
import {
  type FromSettings,
  settingsComponents,
  settingsService,
} from "../../../daemon/settings/settings-components.ts";
import { settingsGraph } from "../../../daemon/settings/settings-graph.ts";
import { createBudget } from "../../../shared/commit/budget.ts";
import { signalNames } from "../../../shared/signal.ts";
import { testGraphHost } from "../../support/alloy/graph-host.ts";

const least = {
  host: "127.0.0.1",
  grpcPort: 0,
  httpPort: 0,
  destinations: undefined,
  corsOrigins: undefined,
  tlsCertFile: undefined,
  tlsKeyFile: undefined,
  tlsClientCaFile: undefined,
};

describe("settingsGraph()", () => {
  it.each([
    ["no list of destinations", { ...least, destinations: undefined }, ["grafana-cloud"]],
    [
      "several destinations, some signals, and names that are not labels",
      { ...least, destinations: ["my-own=traces", "second=metrics+logs"] },
      ["grafana-cloud", "my-own", "second"],
    ],
    [
      "an IPv6 address, origins and a path with quotes",
      {
        ...least,
        host: "::1",
        destinations: [],
        corsOrigins: ["https://*.example.com", "*"],
        tlsCertFile: '/a "b"\\c.pem',
        tlsKeyFile: "/k",
        tlsClientCaFile: "/ca",
      },
      ["grafana-cloud"],
    ],
  ])("is a configuration that loads: %s", async (_, settings, names) => {
    const controller = createController(hostFor(names));
    expect(await controller.check([settingsGraph(settings, 65_536)])).toEqual({ kind: "loaded", warnings: [] });
  });

  it("wires each signal to the destinations that get it", async () => {
    const host = hostFor(["grafana-cloud", "my-own"]);
    const controller = createController(host);
    const graph = settingsGraph({ ...least, destinations: ["my-own=traces"] }, 65_536);
    expect(await controller.load([graph])).toMatchObject({ kind: "loaded" });
    const shown = componentsJson(controller.nodes("") ?? [], { moduleId: "", details: false });
    expect(Object.fromEntries(shown.map(({ localID, dataFlowEdgesTo }) => [localID, dataFlowEdgesTo]))).toMatchObject({
      "otelcol.receiver.otlp.default": ["sluice.destination.grafana_cloud", "sluice.destination.my_own"],
      "sluice.telemetry.default": ["sluice.destination.grafana_cloud"],
    });
    await controller.stop();
  });

  it("cannot be loaded with a destination that is not there", async () => {
    const controller = createController(hostFor([]));
    const outcome = await controller.check([settingsGraph({ ...least, destinations: [] }, 65_536)]);
    expect(outcome).toMatchObject({
      kind: "invalid",
      diagnostics: [{ message: expect.stringContaining('there is no destination "grafana-cloud"') }],
    });
  });
});

function hostFor(names: readonly string[]) {
  const accept = async () => ({ kind: "accepted" }) as const;
  const fromSettings: FromSettings = {
    senderTokens: () => [],
    targets: new Map(names.map((name) => [name, { accept, signals: signalNames }])),
    self: { snapshot: async () => [], intervalMs: () => 0, resource: {} },
  };
  const services: Readonly<Record<string, unknown>> = {
    [settingsService.name]: fromSettings,
    [serverHostService.name]: createServerHost(),
    [budgetService.name]: createBudget(1_000_000),
  };
  return {
    ...testGraphHost({ definitions: settingsComponents }),
    service: (key: { readonly name: string }) => services[key.name] as never,
  };
}
