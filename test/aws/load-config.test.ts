import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadConfig } from "../../shared/aws/load-config.ts";
import { createDestinations } from "../../shared/config/destinations.ts";
import { grafanaCloud } from "../../shared/config/resolve.ts";
import { createSend } from "../../shared/delivery/send.ts";
import { createHttpTransport } from "../../shared/node/http-client/http-transport.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { userAgent } from "../../shared/user-agent.ts";
import { startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { type FakeSsm, ssmEnvironment, startFakeSsm } from "../support/fake-ssm.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

let ssm: FakeSsm;
let events: EmittedEvent[];

beforeEach(async () => {
  ssm = await startFakeSsm();
  events = [];
  // The SDK looks for AWS in the environment of the process, as it does in Lambda.
  for (const [name, value] of Object.entries(ssmEnvironment(ssm))) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await ssm.close();
});

async function load(env: Record<string, string>, checks = {}) {
  const opened = await loadConfig({
    env,
    emit: recordEvents(events),
    clock: systemClock,
    ...checks,
  });
  if (opened.kind === "invalid") throw new Error(opened.problems.join("\n"));
  return opened.store;
}

describe("loadConfig()", () => {
  test.each([{}, { SLUICE_STAGE: "prod", SLUICE_PARAMETER_STORE: "false" }])(
    "leaves AWS alone with %j",
    async (env) => {
      expect((await load(env)).current().logLevel).toBe("info");
      expect(ssm.calls).toEqual([]);
    },
  );

  test.each([{ SLUICE_STAGE: "prod" }, { SLUICE_STAGE: "prod", SLUICE_PARAMETER_STORE: "true" }])(
    "reads the parameters of the stage with %j",
    async (env) => {
      ssm.put("/sluice/prod/settings/log-level", "warn");
      expect((await load(env)).current()).toMatchObject({ stage: "prod", logLevel: "warn" });
    },
  );

  test("says all that is wrong, in both sources", async () => {
    ssm.put("/sluice/prod/settings/log-level", "loud");
    const loading = load({ SLUICE_STAGE: "prod" }, { required: grafanaCloud });
    const problems = await loading.catch((error: Error) => error.message.split("\n"));
    expect(problems).toHaveLength(4);
  });

  test("says what is wrong in the environment without asking AWS", async () => {
    await expect(load({ SLUICE_STAGE: "a/b" })).rejects.toThrow("SLUICE_STAGE");
    expect(ssm.calls).toEqual([]);
  });

  test("a rotated key delivers without a restart, and a mistyped one does no harm", async () => {
    const grafana = await startFakeGrafana({ apiKey: "new" });
    ssm.put("/sluice/prod/grafana-cloud/endpoint", grafana.endpoint);
    ssm.put("/sluice/prod/grafana-cloud/instance-id", grafana.instanceId);
    ssm.put("/sluice/prod/grafana-cloud/api-key", "revoked", "SecureString");
    const store = await load({ SLUICE_STAGE: "prod" }, { required: grafanaCloud });
    const transport = createHttpTransport();
    const destinations = createDestinations({ store, clock: systemClock, random: Math.random });
    const send = createSend({ destinations, transport, clock: systemClock, userAgent });
    const once = () =>
      send({
        destination: "grafana-cloud",
        format: "otlp/logs",
        encoding: "identity",
        body: new Uint8Array(),
        timeoutMs: 5_000,
      });

    ssm.put("/sluice/prod/grafana-cloud/api-key", "new", "SecureString");
    expect(await once()).toMatchObject({ kind: "delivered" });
    expect(store.current().apiKey?.reveal()).toBe("new");

    ssm.put("/sluice/prod/grafana-cloud/api-key", "mistyped", "SecureString");
    await store.refresh();
    expect(store.current().apiKey?.reveal()).toBe("mistyped");
    expect(await once()).toMatchObject({ kind: "delivered" });
    expect(await once()).toMatchObject({ kind: "delivered" });

    ssm.put("/sluice/prod/grafana-cloud/endpoint", "not a URL");
    await store.refresh();
    expect(await once()).toMatchObject({ kind: "delivered" });
    expect(events.at(-1)?.name).toBe("config.kept");
    expect(JSON.stringify(events)).not.toMatch(/revoked|mistyped/);
    transport.close();
    await grafana.close();
  });
});
