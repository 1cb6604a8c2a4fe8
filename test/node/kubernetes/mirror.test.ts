import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createKubernetesClient } from "../../../shared/node/kubernetes/kubernetes-client.ts";
import { createMirror } from "../../../shared/node/kubernetes/mirror.ts";
import { type FakeKubernetes, listOf, startFakeKubernetes } from "../../support/discovery/fake-kubernetes.ts";

const named = (name: string, version = "1") => ({ metadata: { name, namespace: "shop", resourceVersion: version } });
const event = (type: string, object: object) => ({ type, object });

describe("createMirror()", () => {
  let api: FakeKubernetes;
  let abort: AbortController;
  let running: Promise<void> | undefined;
  const sleeps: number[] = [];

  beforeEach(async () => {
    api = await startFakeKubernetes();
    abort = new AbortController();
    sleeps.length = 0;
  });
  afterEach(async () => {
    abort.abort();
    await running;
    await api.close();
  });

  function start(query: { labelSelector?: string } = {}) {
    const client = createKubernetesClient({ url: api.url, headers: () => ({ authorization: "Bearer t" }) });
    const health: (string | undefined)[] = [];
    let changes = 0;
    const mirror = createMirror({
      client,
      query: { path: "/api/v1/pods", ...query },
      clock: {
        now: () => 0,
        sleep: async (ms) => {
          sleeps.push(ms);
          await new Promise((resolve) => setImmediate(resolve));
        },
      },
      random: () => 0.5,
      onChange: () => {
        changes += 1;
      },
      onHealth: (failure) => health.push(failure),
    });
    running = mirror.run(abort.signal).finally(() => client.close());
    return { mirror, health, changes: () => changes };
  }
  const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 5 });

  it("lists in pages, then watches from the version of the list", async () => {
    api.lists = [listOf([named("a")], "7", "more"), listOf([named("b")], "7")];
    const { mirror } = start({ labelSelector: "app=web" });
    await until(() => expect(api.openWatches()).toBe(1));
    expect([...mirror.objects.keys()]).toEqual(["shop/a", "shop/b"]);
    expect(mirror.synced()).toBe(true);
    const [first, second, watch] = api.asked;
    expect(first?.searchParams.get("limit")).toBe("500");
    expect(second?.searchParams.get("continue")).toBe("more");
    expect(Object.fromEntries(watch?.searchParams ?? [])).toMatchObject({
      watch: "1",
      allowWatchBookmarks: "true",
      resourceVersion: "7",
      labelSelector: "app=web",
    });
    expect(api.authorizations).toEqual(["Bearer t", "Bearer t", "Bearer t"]);
  });

  it("follows what is added, changed and deleted, and resumes from the last bookmark", async () => {
    api.lists = [listOf([named("a")], "7")];
    const { mirror } = start();
    await until(() => expect(api.openWatches()).toBe(1));
    api.send(event("ADDED", named("b", "8")));
    api.send(event("DELETED", named("a", "9")));
    api.send(event("BOOKMARK", { metadata: { resourceVersion: "20" } }));
    await until(() => expect([...mirror.objects.keys()]).toEqual(["shop/b"]));
    const before = api.asked.length;
    api.endWatches();
    await until(() => expect(api.asked.length).toBe(before + 1));
    expect(api.asked.at(-1)?.searchParams.get("resourceVersion")).toBe("20");
  });

  it.each([
    ["as an event", { status: 200, body: event("ERROR", { code: 410, message: "too old resource version" }) }],
    ["as a status", { status: 410, body: { message: "too old resource version" } }],
  ])("lists again when the version is too old, told %s", async (_, stale) => {
    api.lists = [listOf([named("a")], "7"), listOf([named("c")], "90")];
    api.watches = [stale, { status: 200 }];
    const { mirror, health } = start();
    await until(() => expect([...mirror.objects.keys()]).toEqual(["shop/c"]));
    await until(() => expect(api.asked.at(-1)?.searchParams.get("resourceVersion")).toBe("90"));
    expect(health.filter((failure) => failure !== undefined)).toEqual([]);
  });

  it("tells what is forbidden in the server's words, waits longer each time and goes on when it is allowed", async () => {
    const denied = { status: 403, body: { message: 'pods is forbidden: User "x" cannot list resource "pods"' } };
    api.lists = [denied, denied, denied, listOf([named("a")], "7")];
    const { mirror, health } = start();
    await until(() => expect(mirror.synced()).toBe(true));
    expect(health[0]).toBe('403 pods is forbidden: User "x" cannot list resource "pods"');
    expect(sleeps.slice(0, 3)).toEqual([600, 1200, 2400]);
    await until(() => expect(health.at(-1)).toBeUndefined());
  });

  it("keeps what it has while the watch is refused", async () => {
    api.lists = [listOf([named("a")], "7")];
    api.watches = [{ status: 500, body: { message: "etcd is away" } }];
    const { mirror, health } = start();
    await until(() => expect(health).toContain("500 etcd is away"));
    expect([...mirror.objects.keys()]).toEqual(["shop/a"]);
    expect(api.asked.filter((url) => !url.searchParams.has("watch"))).toHaveLength(1);
  });

  it("does not spin on a server that ends every watch at once", async () => {
    api.lists = [listOf([], "7")];
    const { changes } = start();
    await until(() => expect(api.openWatches()).toBe(1));
    for (let round = 0; round < 3; round += 1) {
      api.endWatches();
      const seen = api.asked.length;
      await until(() => expect(api.asked.length).toBeGreaterThan(seen));
    }
    expect(sleeps.length).toBeGreaterThanOrEqual(2);
    expect(changes()).toBe(1);
  });
});
