import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { snappy } from "../../shared/compression/snappy-block.ts";
import { encodeWriteRequest } from "../../shared/prometheus/remote-write/write-request-writer.ts";
import { addSample, createSampleBatch } from "../../shared/prometheus/sample.ts";
import { seriesOf } from "../../shared/prometheus/series.ts";
import { type ExpositionServer, startExposition } from "../support/prometheus/exposition-server.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus/prometheus-server.ts";

const SERIES = 20;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

function request(timeMs: number): Uint8Array {
  const batch = createSampleBatch();
  for (let i = 0; i < SERIES; i++) {
    addSample(batch, seriesOf(["__name__", "pushed", "i", String(i)]), { timeMs, value: timeMs });
  }
  return snappy(encodeWriteRequest(batch));
}

describe.skipIf(!peers.prometheus)("SIGKILL during scrape and push", () => {
  const directory = mkdtempSync(join(tmpdir(), "kill-"));
  let prometheus: PrometheusServer;
  let target: ExpositionServer;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    prometheus = await startPrometheus();
    target = await startExposition("scraped 1\n");
  });

  afterAll(async () => {
    await kill();
    await target.close();
    await prometheus.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    if (running) {
      const ended = new Promise((resolve) => running.once("exit", resolve));
      running.kill("SIGKILL");
      await ended;
    }
  }

  function start(config: string): void {
    const flags = ["--server.http.listen-addr=127.0.0.1:0", `--storage.path=${join(directory, "data")}`];
    const cli = join(import.meta.dirname, "../../cli/main.ts");
    child = spawn(process.execPath, [cli, "run", ...flags, config], { stdio: "ignore" });
  }

  it("loses no sample that was acknowledged, and delivers all in order", async () => {
    const port = await freePort();
    const config = join(directory, "config.alloy");
    writeFileSync(
      config,
      `prometheus.receive_http "push" {
  http {
    listen_address = "127.0.0.1"
    listen_port    = ${port}
  }
  forward_to = [prometheus.remote_write.out.receiver]
}

prometheus.scrape "target" {
  targets         = [{"__address__" = "${target.address}"}]
  forward_to      = [prometheus.remote_write.out.receiver]
  job_name        = "killed"
  scrape_interval = "100ms"
  scrape_timeout  = "100ms"
}

prometheus.remote_write "out" {
  endpoint {
    url = "${prometheus.url}/api/v1/write"
    queue_config {
      batch_send_deadline = "20ms"
    }
  }
}
`,
    );
    const acknowledged = new Set<number>();
    let timeMs = Date.now() - 600_000;
    const push = async (): Promise<boolean> => {
      timeMs += 1_000;
      const at = timeMs;
      const headers = { "content-type": "application/x-protobuf", "content-encoding": "snappy" };
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/metrics/write`, {
        method: "POST",
        headers,
        body: Buffer.from(request(at)),
      }).catch(() => undefined);
      if (response?.status === 204) {
        acknowledged.add(at);
      }
      return response?.status === 204;
    };
    for (let round = 0; round < 2; round++) {
      start(config);
      await expect.poll(push, { timeout: 30_000 }).toBe(true);
      for (let i = 0; i < 15; i++) {
        await push();
      }
      await kill();
    }
    start(config);
    await expect.poll(push, { timeout: 30_000 }).toBe(true);
    const stored = async () => {
      const all = await prometheus.samples("pushed");
      const times = [...all.values()].map(
        (samples) => new Set(samples.map(([seconds]) => Math.round(seconds * 1_000))),
      );
      return [...acknowledged].filter((at) => times.length < SERIES || times.some((each) => !each.has(at)));
    };
    await expect.poll(stored, { timeout: 20_000 }).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(30);
    const [scraped = []] = (await prometheus.samples('scraped{job="killed"}')).values();
    const seconds = scraped.map(([at]) => at);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds.length).toBeGreaterThan(2);
  });
});
