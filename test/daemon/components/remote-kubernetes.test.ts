import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { remoteKubernetesConfigMap } from "../../../daemon/components/remote/kubernetes/configmap.ts";
import { remoteKubernetesSecret } from "../../../daemon/components/remote/kubernetes/secret.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { type FakeKubernetes, startFakeKubernetes } from "../../support/discovery/fake-kubernetes.ts";

let api: FakeKubernetes;

beforeEach(async () => {
  api = await startFakeKubernetes();
});
afterEach(() => api.close());

const text = () => `namespace = "shop"\nname = "login"\nclient {\n api_server = "${api.url}"\n bearer_token = "t"\n}`;
const found = (data: object) => ({ status: 200, body: { data } });

describe("remote.kubernetes.secret", () => {
  it("decodes the values and shows none", async () => {
    api.lists = [found({ password: Buffer.from("hunter2").toString("base64") })];
    const component = await runComponent(
      remoteKubernetesSecret,
      decodeArguments(remoteKubernetesSecret.arguments, text()),
    );
    const { data } = component.exports();
    expect(data.get("password")?.reveal()).toBe("hunter2");
    expect(JSON.stringify([...data])).not.toContain("hunter2");
    expect(api.asked[0]?.pathname).toBe("/api/v1/namespaces/shop/secrets/login");
    expect(api.authorizations[0]).toBe("Bearer t");
    await component.stop();
  });

  it("is not built when it cannot be read", async () => {
    api.lists = [{ status: 404, body: { message: 'secrets "login" not found' } }];
    const args = decodeArguments(remoteKubernetesSecret.arguments, text());
    await expect(runComponent(remoteKubernetesSecret, args)).rejects.toThrow(
      'cannot read secrets shop/login: 404 secrets "login" not found',
    );
  });
});

describe("remote.kubernetes.configmap", () => {
  it("follows changes, and keeps the last data while it cannot be read", async () => {
    api.lists = [
      found({ level: "info" }),
      { status: 500, body: { message: "etcd is away" } },
      found({ level: "debug" }),
    ];
    const health: string[] = [];
    const seen: (string | undefined)[] = [];
    const component = await runComponent(
      remoteKubernetesConfigMap,
      decodeArguments(remoteKubernetesConfigMap.arguments, text()),
      {
        clock: { ...systemClock, sleep: (_, signal) => systemClock.sleep(5, signal) },
        setHealth: (state, message) => health.push(`${state} ${message}`),
        setExports: ({ data }) => seen.push(String(data.get("level"))),
      },
    );
    await vi.waitFor(() => expect(seen.at(-1)).toBe("debug"));
    expect(component.component.exports.data.get("level")).toBe("info");
    expect(health[0]).toBe("unhealthy cannot read configmaps shop/login: 500 etcd is away");
    expect(health.at(-1)).toBe("healthy polled the object");
    await component.stop();
  });
});
