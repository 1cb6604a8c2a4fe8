import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { docker } from "../../../daemon/components/loki/source/docker.ts";
import { compileRules } from "../../../daemon/components/relabel-rules.ts";
import { logsReceiver, relabelRules } from "../../../daemon/controller/capsules.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { type DockerLine, type FakeDocker, startFakeDocker } from "../../support/loki/fake-docker.ts";
import { recordingEntries } from "../../support/recording-entries.ts";
import { tailStand, until } from "../../support/tail-stand.ts";

let stand: ReturnType<typeof tailStand>;
let engine: FakeDocker;
beforeEach(async () => {
  stand = tailStand();
  engine = await startFakeDocker("abc");
});
afterEach(async () => {
  await engine.close();
  stand.remove();
});

const line = (millis: number, text: string, stream: DockerLine["stream"] = "stdout"): DockerLine => ({
  time: new Date(1_700_000_000_000 + millis).toISOString(),
  stream,
  text,
});

function start() {
  const out = recordingEntries();
  const rules = compileRules([{ source_labels: ["__meta_docker_log_stream"], target_label: "stream" }]);
  const text = `host = "${engine.url}"
    targets = [
      {__meta_docker_container_id = "abc", __meta_docker_port = "1", app = "x"},
      {__meta_docker_container_id = "abc", __meta_docker_port = "2", app = "x"},
    ]
    forward_to = [out]
    labels = {job = "docker"}
    relabel_rules = rules
    refresh_interval = "20ms"`;
  const variables = { out: logsReceiver.encode(out.receiver), rules: relabelRules.encode(rules) };
  const running = runComponent(docker, decodeArguments(docker.arguments, text, variables), {
    storageDir: stand.file("s"),
  });
  return { ...out, running, lines: () => out.entries.map((each) => each.line) };
}

describe("loki.source.docker", () => {
  it("reads one container once, with its labels, times and streams", async () => {
    engine.write(line(1, "one"), line(2, "two", "stderr"));
    const { running, entries } = start();
    await until(() => entries.length === 2);
    await (await running).stop();
    expect(entries.map(({ timeUnixNano, labels }) => [timeUnixNano, ...labels.map(({ value }) => value)])).toEqual([
      [1_700_000_000_001_000_000n, "x", "docker", "stdout"],
      [1_700_000_000_002_000_000n, "x", "docker", "stderr"],
    ]);
  });

  it("loses and repeats nothing when it is started again within the second", async () => {
    engine.write(line(1, "one"), line(1, "two"));
    const first = start();
    await until(() => first.lines().length === 2);
    await (await first.running).stop();
    engine.write(line(1, "three"), line(900, "four"), line(1500, "five"));
    const second = start();
    await until(() => second.lines().length >= 3);
    await (await second.running).stop();
    expect([first.lines(), second.lines()]).toEqual([
      ["one", "two"],
      ["three", "four", "five"],
    ]);
    expect(engine.since).toEqual([0, 1_700_000_000]);
  });

  it("goes on through broken connections and restarts of the container", async () => {
    const { running, lines } = start();
    engine.write(line(1, "one"));
    await until(() => lines().length === 1);
    engine.drop();
    engine.write(line(2, "two"));
    await until(() => lines().length === 2);
    engine.stop();
    engine.start();
    engine.write(line(3000, "three"));
    await until(() => lines().length === 3);
    await (await running).stop();
    expect(lines()).toEqual(["one", "two", "three"]);
  });

  it("forgets a container that is gone, after its last line", async () => {
    const { running, lines } = start();
    await until(() => engine.since.length === 1);
    engine.write(line(1, "last"));
    engine.remove();
    const component = await running;
    await until(() => component.events.some(({ name }) => name === "log.ended"));
    await component.stop();
    expect(lines()).toEqual(["last"]);
    expect(JSON.parse(readFileSync(stand.file("s/positions.json"), "utf8")).positions).toEqual([]);
  });

  it.each([
    ['host = ""', "host attribute must not be empty"],
    ['host = "tcp://x:1"\nrefresh_interval = "0s"', "refresh_interval must be positive"],
  ])("refuses %s", (text, message) => {
    const load = () => decodeArguments(docker.arguments, `targets = []\nforward_to = []\n${text}`);
    expect(load).toThrow(message);
  });
});
