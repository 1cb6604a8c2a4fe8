import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TargetLabels } from "../../../shared/discovery/label-name.ts";
import { createKubernetesClient } from "../../../shared/node/kubernetes/kubernetes-client.ts";
import {
  type KubernetesTargetsOptions,
  watchKubernetesTargets,
} from "../../../shared/node/kubernetes/kubernetes-targets.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { type FakeKubernetes, listOf, startFakeKubernetes } from "../../support/discovery/fake-kubernetes.ts";
import { pod } from "../../support/discovery/kubernetes-objects.ts";

describe("watchKubernetesTargets()", () => {
  let api: FakeKubernetes;
  let abort: AbortController;
  let running: Promise<void>;
  let published: (readonly TargetLabels[])[];
  let health: (string | undefined)[];

  beforeEach(async () => {
    api = await startFakeKubernetes();
    abort = new AbortController();
    published = [];
    health = [];
  });
  afterEach(async () => {
    abort.abort();
    await running;
    await api.close();
  });

  function start(over: Partial<KubernetesTargetsOptions> = {}): void {
    const client = createKubernetesClient({ url: api.url });
    running = watchKubernetesTargets(
      {
        client,
        role: "pod",
        namespaces: [],
        selectors: new Map(),
        attachNode: false,
        attachNamespace: false,
        clock: { now: () => Date.now(), sleep: (_, signal) => systemClock.sleep(5, signal) },
        random: () => 0,
        onTargets: (targets) => published.push(targets),
        onHealth: (failure) => health.push(failure),
        ...over,
      },
      abort.signal,
    ).finally(() => client.close());
  }
  const names = () => (published.at(-1) ?? []).map((target) => target.get("__meta_kubernetes_pod_name"));
  const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 5 });

  it("publishes when the lists are complete, and again when something changes", async () => {
    api.lists = [listOf([pod("a", { spec: { containers: [{ name: "c" }], initContainers: [] } })], "1")];
    start();
    await until(() => expect(names()).toEqual(["a"]));
    await until(() => expect(api.openWatches()).toBe(1));
    api.send({ type: "ADDED", object: pod("b", { spec: { containers: [{ name: "c" }], initContainers: [] } }) });
    await until(() => expect(names()).toEqual(["a", "b"]));
    api.send({ type: "DELETED", object: pod("a") });
    await until(() => expect(names()).toEqual(["b"]));
  });

  it("asks each namespace for what the role needs, with its selectors", async () => {
    api.lists = [listOf([], "1")];
    start({
      role: "endpoints",
      namespaces: ["shop", "bank"],
      selectors: new Map([["pod", { label: "app=web", field: "" }]]),
      attachNode: true,
    });
    await until(() => expect(published).toEqual([[]]));
    const lists = api.asked.filter((url) => !url.searchParams.has("watch"));
    expect(lists.map((url) => url.pathname).sort()).toEqual([
      "/api/v1/namespaces/bank/endpoints",
      "/api/v1/namespaces/bank/pods",
      "/api/v1/namespaces/bank/services",
      "/api/v1/namespaces/shop/endpoints",
      "/api/v1/namespaces/shop/pods",
      "/api/v1/namespaces/shop/services",
      "/api/v1/nodes",
    ]);
    const selected = lists.filter((url) => url.searchParams.get("labelSelector") === "app=web");
    expect(selected.map((url) => url.pathname.endsWith("/pods"))).toEqual([true, true]);
  });

  it("publishes nothing while a list is forbidden, and says so", async () => {
    api.lists = [{ status: 403, body: { message: "pods is forbidden" } }];
    start();
    await until(() => expect(health).toContain("403 pods is forbidden"));
    expect(published).toEqual([]);
  });
});
