import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kubernetes } from "../../../daemon/components/loki/source/kubernetes.ts";
import { logsReceiver } from "../../../daemon/controller/capsules.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { type FakeKubelet, startFakeKubelet } from "../../support/loki/fake-kubelet.ts";
import { recordingEntries } from "../../support/recording-entries.ts";
import { tailStand, until } from "../../support/tail-stand.ts";

let stand: ReturnType<typeof tailStand>;
let kubelet: FakeKubelet;
beforeEach(() => {
  stand = tailStand();
});
afterEach(async () => {
  await kubelet.close();
  stand.remove();
});

const discovered = `{
  __meta_kubernetes_namespace = "ns", __meta_kubernetes_pod_name = "web",
  __meta_kubernetes_pod_container_name = "app", __meta_kubernetes_pod_uid = "u1", team = "a",
}`;

function start(targets = `${discovered}, ${discovered}`) {
  const out = recordingEntries();
  const text = `targets = [${targets}]\nforward_to = [out]\nclient {\napi_server = "${kubelet.url}"\n}`;
  const args = decodeArguments(kubernetes.arguments, text, { out: logsReceiver.encode(out.receiver) });
  return {
    ...out,
    running: runComponent(kubernetes, args, { storageDir: stand.file("s") }),
    lines: () => out.entries.map(({ line }) => line),
    args,
  };
}

const at = (millis: number) => new Date(1_700_000_000_000 + millis).toISOString();

describe("loki.source.kubernetes", () => {
  it("reads the log of a container, with its labels and times", async () => {
    kubelet = await startFakeKubelet();
    kubelet.write(`${at(1)} one`, `${at(2)} two  `, "no time here");
    const { running, entries, lines } = start();
    await until(() => entries.length === 3);
    await (await running).stop();
    expect(lines()).toEqual(["one", "two  ", "no time here"]);
    expect(entries[0]?.timeUnixNano).toBe(1_700_000_000_001_000_000n);
    expect(entries[0]?.labels.map(({ name, value }) => `${name}=${value}`)).toEqual([
      "instance=ns/web:app",
      "job=loki.source.kubernetes.test",
      "team=a",
    ]);
  });

  it("goes on through broken connections and a restart, without loss or repetition", async () => {
    kubelet = await startFakeKubelet();
    kubelet.write(`${at(1)} one`);
    const first = start();
    await until(() => first.lines().length === 1);
    kubelet.drop();
    kubelet.write(`${at(1)} two`);
    await until(() => first.lines().length === 2);
    await (await first.running).stop();
    kubelet.write(`${at(2)} three`);
    const second = start();
    await until(() => second.lines().length === 1);
    await (await second.running).stop();
    expect([first.lines(), second.lines()]).toEqual([["one", "two"], ["three"]]);
    expect(kubelet.since.at(-1)).toBe("2023-11-14T22:13:20.000Z");
  });

  it.each([
    ["a pod that is gone", "Always", () => kubelet.setUid(undefined)],
    ["another pod of the same name", "Always", () => kubelet.setUid("u2")],
    ["a container that will not be started again", "OnFailure", () => kubelet.exit(0)],
    ["a container that is never started again", "Never", () => kubelet.exit(1)],
  ])("stops at %s", async (_, policy, end) => {
    kubelet = await startFakeKubelet(policy);
    kubelet.write(`${at(1)} last`);
    const { running, lines } = start();
    await until(() => lines().length === 1);
    end();
    const component = await running;
    await until(() => component.events.some(({ name }) => name === "log.ended"));
    await component.stop();
    expect(lines()).toEqual(["last"]);
  });

  it("forgets a target that is no longer there, and keeps the position of one that is", async () => {
    kubelet = await startFakeKubelet();
    kubelet.write(`${at(1)} one`);
    const { running, lines, args } = start();
    await until(() => lines().length === 1);
    const component = await running;
    await component.component.update({ ...args, targets: [] });
    await component.stop();
    expect(JSON.parse(readFileSync(stand.file("s/positions.json"), "utf8")).positions).toEqual([]);
  });

  it("cannot be built outside a cluster without an address", async () => {
    kubelet = await startFakeKubelet();
    const args = decodeArguments(kubernetes.arguments, "targets = []\nforward_to = []");
    await expect(runComponent(kubernetes, args)).rejects.toThrow("unable to load in-cluster configuration");
  });
});
