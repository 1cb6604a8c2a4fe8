import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { redate } from "../support/disk/redate.ts";
import { type FakeLoki, startFakeLoki } from "../support/loki/fake-loki.ts";

const fixture = join(import.meta.dirname, "../fixtures/storage-0.2.0");
let directory: string;
let loki: FakeLoki;
let grafana: FakeGrafana;
let pipeline: PipelineProcess | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-upgrade-"));
  loki = await startFakeLoki();
  grafana = await startFakeGrafana();
  const log = join(directory, "app.log");
  writeFileSync(log, "one\ntwo\n");
  mkdirSync(join(directory, "data"));
  cpSync(fixture, join(directory, "data"), { recursive: true });
  redate(join(directory, "data"), Date.now());
  const positions = join(directory, "data/loki.source.file.app/positions.json");
  writeFileSync(positions, readFileSync(positions, "utf8").replace("LOG", log));
});
afterEach(async () => {
  await pipeline?.end("SIGTERM");
  pipeline = undefined;
  await loki.close();
  await grafana.close();
  rmSync(directory, { recursive: true, force: true });
});

const start = () => startPipelineProcess({ config: config(), directory });

describe("an upgrade from 0.2.0", () => {
  it("delivers what the old version queued, and goes on where it stopped reading", async () => {
    pipeline = await start();
    await expect.poll(() => loki.entries.map(({ line }) => line)).toEqual(["one", "two"]);
    await expect.poll(() => grafana.delivered.get("queued by the old version")).toBe(1);
    appendFileSync(join(directory, "app.log"), "three\n");
    await expect.poll(() => loki.entries.map(({ line }) => line)).toEqual(["one", "two", "three"]);
    expect(loki.requests.reduce((sum, { entries }) => sum + entries, 0)).toBe(3);
  });
});

describe("a downgrade", () => {
  it("is refused in words, and changes nothing, where the storage path is of a later format", async () => {
    const queues = join(directory, "data/queues");
    writeFileSync(join(queues, "format"), "2\n");
    const before = snapshot(queues);
    await expect(start()).rejects.toThrow(/it has the format "2", and this version of Sluice knows 1 alone/);
    expect(snapshot(queues)).toEqual(before);
    expect(loki.entries).toEqual([]);
  });
});

function snapshot(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => !path.endsWith("lock.db"));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, "base64")]));
}

function config(): string {
  return `
loki.source.file "app" {
  targets    = [{"__path__" = "${join(directory, "app.log")}"}]
  forward_to = [loki.write.here.receiver]
}
loki.write "here" {
  endpoint {
    name = "here"
    url  = "${loki.url}/loki/api/v1/push"
  }
}
otelcol.receiver.otlp "in" {
  http { endpoint = "127.0.0.1:0" }
  output { logs = [otelcol.exporter.otlphttp.here.input] }
}
otelcol.exporter.otlphttp "here" {
  client {
    endpoint = "${grafana.endpoint}"
    auth     = otelcol.auth.basic.here.handler
  }
}
otelcol.auth.basic "here" {
  client_auth {
    username = "${grafana.instanceId}"
    password = "${grafana.apiKey}"
  }
}
`;
}
