import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dnsDiscovery } from "../../../daemon/components/discovery/dns.ts";
import { dockerDiscovery } from "../../../daemon/components/discovery/docker.ts";
import { fileDiscovery } from "../../../daemon/components/discovery/file.ts";
import { httpDiscovery } from "../../../daemon/components/discovery/http.ts";
import { kubeletDiscovery } from "../../../daemon/components/discovery/kubelet.ts";
import { kubernetesDiscovery } from "../../../daemon/components/discovery/kubernetes.ts";
import type { DiscoveryExports } from "../../../daemon/components/discovery/refresh.ts";
import { objectOf } from "../../../shared/discovery/json.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeArguments, type RunningComponent, runComponent } from "../../support/components/component-stand.ts";
import { listOf, startFakeKubernetes } from "../../support/discovery/fake-kubernetes.ts";
import { pod } from "../../support/discovery/kubernetes-objects.ts";

/** Intervals pass in a few milliseconds. */
const clock = { now: () => Date.now(), sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 5 });

let directory: string;
let server: Server;
let answer: { status: number; body: string };
let asked: { path: string; headers: NodeJS.Dict<string | string[]> }[];
let url: string;
const running: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-discovery-"));
  answer = { status: 200, body: "[]" };
  asked = [];
  server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", headers: request.headers });
    response.writeHead(answer.status).end(answer.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
});
afterEach(async () => {
  for (const component of running.splice(0)) await component.stop();
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

function targetsOf(component: Pick<RunningComponent<unknown, DiscoveryExports>, "exports">) {
  return component.exports().targets.map((target) => Object.fromEntries(target));
}

describe("discovery.http", () => {
  async function start(text = "") {
    const args = decodeArguments(httpDiscovery.arguments, `url = "${url}/sd?x=1"\n${text}`);
    const component = await runComponent(httpDiscovery, args, { clock });
    running.push(component);
    return component;
  }

  it("gives the targets of the groups, with its credentials", async () => {
    answer.body = JSON.stringify([{ targets: ["a:1", "b:2"], labels: { env: "prod" } }]);
    const component = await start('bearer_token = "t"');
    await until(() =>
      expect(targetsOf(component)).toEqual([
        { __address__: "a:1", env: "prod", __meta_url: `${url}/sd?x=1` },
        { __address__: "b:2", env: "prod", __meta_url: `${url}/sd?x=1` },
      ]),
    );
    expect(asked[0]?.path).toBe("/sd?x=1");
    expect(asked[0]?.headers).toMatchObject({
      authorization: "Bearer t",
      "x-prometheus-refresh-interval-seconds": "60",
    });
  });

  it.each([
    ["an error", { status: 503, body: "busy" }, "503 busy"],
    ["what is not JSON", { status: 200, body: "<html>" }, "JSON"],
    ["groups of another form", { status: 200, body: '[{"targets":[1]}]' }, "target group 0: targets must be texts"],
    ["an unknown field", { status: 200, body: '[{"target":[]}]' }, 'target group 0: unknown field "target"'],
  ])("keeps its targets over %s, tells it and recovers", async (_, bad, message) => {
    answer.body = JSON.stringify([{ targets: ["a:1"] }]);
    const component = await start();
    await until(() => expect(targetsOf(component)).toHaveLength(1));
    answer = bad;
    await until(() => expect(component.events.at(-1)?.name).toBe("discovery.failed"));
    expect(component.events.at(-1)?.fields).toEqual({ message: expect.stringContaining(message) });
    expect(targetsOf(component)).toHaveLength(1);
    answer = { status: 200, body: "[]" };
    await until(() => expect(component.events.at(-1)).toEqual({ name: "discovery.recovered", fields: { targets: 0 } }));
    expect(targetsOf(component)).toEqual([]);
  });

  it("goes on with other arguments at once", async () => {
    const component = await start();
    await until(() => expect(asked.length).toBeGreaterThan(0));
    await component.component.update(decodeArguments(httpDiscovery.arguments, `url = "${url}/other"`));
    await until(() => expect(asked.at(-1)?.path).toBe("/other"));
  });
});

describe("discovery.file", () => {
  async function start(...files: string[]) {
    const paths = files.map((file) => JSON.stringify(join(directory, file))).join(", ");
    const component = await runComponent(
      fileDiscovery,
      decodeArguments(fileDiscovery.arguments, `files = [${paths}]`),
      {
        clock,
      },
    );
    running.push(component);
    return component;
  }
  const write = (file: string, text: string) => writeFileSync(join(directory, file), text);
  const addresses = (component: Parameters<typeof targetsOf>[0]) =>
    targetsOf(component).map((target) => target.__address__);

  it("reads JSON and YAML, by name and by pattern", async () => {
    write("a.json", '[{"targets":["a:1"],"labels":{"env":"x"}}]');
    write("b-1.yml", "- targets: ['b:1', 'b:2']\n");
    const component = await start("a.json", "b-*.yml", "missing.yaml");
    await until(() => expect(addresses(component)).toEqual(["a:1", "b:1", "b:2"]));
    expect(targetsOf(component)[0]).toEqual({
      __address__: "a:1",
      env: "x",
      __meta_filepath: join(directory, "a.json"),
    });
  });

  it("follows changes, keeps the last targets of a file that is bad, and forgets a file that is gone", async () => {
    write("a.json", '[{"targets":["a:1"]}]');
    const component = await start("a.json");
    await until(() => expect(addresses(component)).toEqual(["a:1"]));
    write("a.json", '[{"targets":["a:1"');
    await until(() => expect(component.events.at(-1)?.name).toBe("discovery.failed"));
    expect(addresses(component)).toEqual(["a:1"]);
    write("a.json", '[{"targets":["a:2"]}]   ');
    await until(() => expect(addresses(component)).toEqual(["a:2"]));
    rmSync(join(directory, "a.json"));
    await until(() => expect(addresses(component)).toEqual([]));
  });

  it("refuses a name that is not a target file", () => {
    expect(() => decodeArguments(fileDiscovery.arguments, 'files = ["targets.txt"]')).toThrow(
      'path name "targets.txt" is not valid for file discovery',
    );
  });
});

describe("discovery.kubelet", () => {
  async function start(text = "") {
    const args = decodeArguments(kubeletDiscovery.arguments, `url = "${url}/"\n${text}`);
    const component = await runComponent(kubeletDiscovery, args, { clock });
    running.push(component);
    return component;
  }

  it("gives the pods of the node with their meta labels, of some namespaces where asked for", async () => {
    const web = pod("web");
    const other = { ...web, metadata: { ...objectOf(web.metadata), namespace: "other" } };
    answer.body = JSON.stringify({ kind: "PodList", items: [web, other] });
    const component = await start('bearer_token = "t"');
    await until(() => expect(targetsOf(component).length).toBeGreaterThan(1));
    const all = targetsOf(component);
    expect(all[0]).toMatchObject({ __meta_kubernetes_pod_name: "web", __meta_kubernetes_pod_phase: "Running" });
    expect(new Set(all.map((each) => each.__meta_kubernetes_namespace))).toEqual(new Set(["shop", "other"]));
    expect(asked[0]).toMatchObject({ path: "/pods", headers: { authorization: "Bearer t" } });
    const some = await start('namespaces = ["other"]');
    await until(() => expect(targetsOf(some)).toHaveLength(all.length / 2));
    expect(targetsOf(some)[0]?.__meta_kubernetes_namespace).toBe("other");
  });

  it("keeps its targets while the kubelet refuses, and refuses a URL of another scheme", async () => {
    answer.body = JSON.stringify({ items: [pod("web")] });
    const component = await start();
    await until(() => expect(targetsOf(component).length).toBeGreaterThan(0));
    answer = { status: 403, body: "Forbidden" };
    await until(() => expect(component.events.at(-1)?.name).toBe("discovery.failed"));
    expect(targetsOf(component).length).toBeGreaterThan(0);
    expect(() => decodeArguments(kubeletDiscovery.arguments, 'url = "ftp://x"')).toThrow("URL scheme must be");
  });
});

describe("discovery.dns", () => {
  it.each([
    ['names = ["x"]\ntype = "A"', "a port is required"],
    ['names = ["x"]\ntype = "TXT"', "invalid DNS-SD records type TXT"],
    ["names = []", "must contain at least one SRV record name"],
  ])("refuses %j", (text, message) => {
    expect(() => decodeArguments(dnsDiscovery.arguments, text)).toThrow(message);
  });
});

describe("discovery.docker", () => {
  it("keeps running without an engine and tells each time", async () => {
    const args = decodeArguments(dockerDiscovery.arguments, `host = "unix://${directory}/docker.sock"`);
    const component = await runComponent(dockerDiscovery, args, { clock });
    running.push(component);
    await until(() => expect(component.events.length).toBeGreaterThan(1));
    expect(component.events[0]).toEqual({
      name: "discovery.failed",
      fields: { message: expect.stringContaining("error while listing containers: connect ENOENT") },
    });
    expect(targetsOf(component)).toEqual([]);
  });

  it.each([
    ['host = ""', "host attribute must not be empty"],
    ['host = "unix:///x"\nrefresh_interval = "0s"', "refresh_interval must be greater than 0"],
  ])("refuses %j", (text, message) => {
    expect(() => decodeArguments(dockerDiscovery.arguments, text)).toThrow(message);
  });
});

describe("discovery.kubernetes", () => {
  it("watches an API server and goes on with other arguments", async () => {
    const api = await startFakeKubernetes();
    api.lists = [listOf([pod("a")], "1")];
    const text = `api_server = "${api.url}"\nbearer_token = "t"\n`;
    const args = decodeArguments(kubernetesDiscovery.arguments, `${text}role = "pod"`);
    const component = await runComponent(kubernetesDiscovery, args, { clock });
    running.push(component, { stop: () => api.close() });
    await until(() => expect(targetsOf(component)).toHaveLength(4));
    expect(api.authorizations[0]).toBe("Bearer t");
    const next = decodeArguments(
      kubernetesDiscovery.arguments,
      `${text}role = "pod"\nnamespaces {\n names = ["shop"]\n}\nselectors {\n role = "pod"\n label = "app=web"\n}`,
    );
    await component.component.update(next);
    await until(() => expect(api.asked.at(-1)?.pathname).toBe("/api/v1/namespaces/shop/pods"));
    expect(api.asked.at(-1)?.searchParams.get("labelSelector")).toBe("app=web");
  });

  it("tells what is forbidden once and stays", async () => {
    const api = await startFakeKubernetes();
    api.lists = [{ status: 403, body: { message: "pods is forbidden" } }];
    const args = decodeArguments(kubernetesDiscovery.arguments, `api_server = "${api.url}"\nrole = "pod"`);
    const component = await runComponent(kubernetesDiscovery, args, { clock });
    running.push(component, { stop: () => api.close() });
    await until(() => expect(api.asked.length).toBeGreaterThan(2));
    expect(component.events).toEqual([{ name: "discovery.failed", fields: { message: "403 pods is forbidden" } }]);
  });

  it.each([
    ['role = "potato"', "unable to load in-cluster configuration"],
    ['role = "pod"\nkubeconfig_file = "/nowhere/config"', "kubeconfig /nowhere/config"],
    ['api_server = "http://127.0.0.1:1"\nrole = "potato"', 'unknown Kubernetes SD role "potato"'],
    [
      'api_server = "http://127.0.0.1:1"\nrole = "pod"\nselectors {\n role = "node"\n}',
      "pod role supports only pod selectors",
    ],
  ])("cannot be built from %j", async (text, message) => {
    const args = decodeArguments(kubernetesDiscovery.arguments, text);
    await expect(runComponent(kubernetesDiscovery, args)).rejects.toThrow(message);
  });

  it("wants the API server to be named where credentials are", () => {
    expect(() => decodeArguments(kubernetesDiscovery.arguments, 'role = "pod"\nbearer_token = "t"')).toThrow(
      "please provide the 'api_server' URL explicitly",
    );
  });
});
