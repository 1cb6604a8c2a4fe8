import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kubernetesEvents } from "../../../daemon/components/loki/source/kubernetes-events.ts";
import { logsReceiver } from "../../../daemon/controller/capsules.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { recordingEntries } from "../../support/recording-entries.ts";
import { tailStand, until } from "../../support/tail-stand.ts";

let stand: ReturnType<typeof tailStand>;
let server: Server;
let url: string;
let watchers: ServerResponse[];
let watchedFrom: string[];
let events: object[];
let tooOld: string;

const event = (version: number, message: string) => ({
  metadata: { name: `e${version}`, namespace: "ns", resourceVersion: String(version) },
  involvedObject: { kind: "Pod", name: "web", namespace: "ns", apiVersion: "v1" },
  reason: "Started",
  type: "Normal",
  count: 2,
  source: { component: "kubelet", host: "n1" },
  message,
  lastTimestamp: "2026-11-25T10:00:00Z",
});

beforeEach(async () => {
  stand = tailStand();
  watchers = [];
  watchedFrom = [];
  events = [event(1, 'say "hi"'), event(2, "two")];
  tooOld = "";
  server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://k").searchParams;
    if (query.get("watch") === null) {
      response.end(JSON.stringify({ metadata: { resourceVersion: String(events.length) }, items: events }));
      return;
    }
    watchedFrom.push(query.get("resourceVersion") ?? "");
    if (query.get("resourceVersion") === tooOld) response.writeHead(410).end("{}");
    else {
      response.writeHead(200);
      response.flushHeaders();
      watchers.push(response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  stand.remove();
});

function happen(next: object): void {
  events.push(next);
  for (const watcher of watchers) watcher.write(`${JSON.stringify({ type: "ADDED", object: next })}\n`);
}

function start(more = "") {
  const out = recordingEntries();
  const text = `forward_to = [out]\nclient {\napi_server = "${url}"\n}\n${more}`;
  const args = decodeArguments(kubernetesEvents.arguments, text, { out: logsReceiver.encode(out.receiver) });
  return { ...out, running: runComponent(kubernetesEvents, args, { storageDir: stand.file("s") }) };
}

describe("loki.source.kubernetes_events", () => {
  it("writes events as Alloy does, and goes on behind the last one", async () => {
    const first = start();
    await until(() => first.entries.length === 2);
    await until(() => watchers.length === 1);
    happen(event(3, "three"));
    await until(() => first.entries.length === 3);
    await (await first.running).stop();
    expect(first.entries[0]?.line).toBe(
      'name=web kind=Pod objectAPIversion=v1 eventRV=1 sourcecomponent=kubelet sourcehost=n1 reason=Started type=Normal count=2 msg="say \\"hi\\"" ',
    );
    expect(first.entries[0]?.labels.map(({ name, value }) => `${name}=${value}`)).toEqual([
      "instance=loki.source.kubernetes_events.test",
      "job=loki.source.kubernetes_events",
      "namespace=ns",
    ]);
    events.push(event(4, "four"));
    tooOld = "3";
    const second = start('log_format = "json"');
    await until(() => second.entries.length === 1);
    await (await second.running).stop();
    expect(JSON.parse(second.entries[0]?.line ?? "")).toMatchObject({ name: "web", msg: "four", count: 2 });
    expect(watchedFrom.slice(0, 2)).toEqual(["2", "3"]);
  });

  it("refuses another format", () => {
    const load = () => decodeArguments(kubernetesEvents.arguments, 'forward_to = []\nlog_format = "xml"');
    expect(load).toThrow("xml");
  });
});
