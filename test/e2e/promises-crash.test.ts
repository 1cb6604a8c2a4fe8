import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startEmbeddedSqs } from "../../local/embedded-sqs.ts";
import { createSqsClient } from "../../shared/aws/sqs/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { createEnqueue } from "../../shared/queue/enqueue.ts";
import { figures, tally } from "../support/cli/figures.ts";
import { startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { requestOf } from "../support/otlp/item-names.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function until(isDone: () => boolean, seconds: number): Promise<void> {
  const endAt = performance.now() + seconds * 1000;
  while (!isDone()) {
    if (performance.now() > endAt) throw new Error(`not done within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("crashMidFlushLosesNothing", () => {
  it("delivers everything at least once though the process is killed between POST and delete", {
    timeout: 60_000,
  }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "sluice-crash-"));
    cleanups.push(() => rmSync(dataDir, { recursive: true }));
    const sqs = await startEmbeddedSqs({ dataDir });
    cleanups.push(() => sqs.stop());
    const main = sqs.createQueue("main", { VisibilityTimeout: "2" });
    const dead = sqs.createQueue("dead", {});
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = createSqsClient({ endpoint: sqs.endpoint, credentials, region: "us-east-1" });
    const queue = createSqsQueue({ client, queueUrl: main.url });
    const accept = createEnqueue({
      queue,
      destination: "grafana-cloud",
      clock: systemClock,
      emit: () => {},
      maxBatchBytes: 4 * 2 ** 20,
    });
    const items = Array.from({ length: 600 }, (_, index) => `item-${index}`);
    for (let at = 0; at < items.length; at += 10) {
      const names = items.slice(at, at + 10);
      expect(await accept({ format: "otlp/traces", items: 10, bytes: requestOf("traces", { names }) })).toEqual({
        kind: "accepted",
      });
    }

    const grafana = await startFakeGrafana();
    cleanups.push(() => grafana.close());
    let child: ChildProcess | undefined;
    const start = () => {
      const script = join(import.meta.dirname, "../support/flush/flush-process.ts");
      child = spawn(process.execPath, [script, sqs.endpoint, main.url, dead.url, grafana.endpoint], {
        stdio: "inherit",
      });
      return child;
    };
    cleanups.push(() => child?.kill("SIGKILL"));

    // Killed while an export has arrived and its answer has not been read: the third one of a process, the fourth, the fifth.
    let kills = 0;
    let killAt = Number.POSITIVE_INFINITY;
    grafana.behave((_, index) => {
      if (index >= killAt && !child?.killed && child?.kill("SIGKILL")) kills += 1;
      return undefined;
    });
    for (let run = 0; run < 3; run++) {
      killAt = grafana.count() + 2 + run;
      const running = start();
      await new Promise((resolve) => running.once("exit", resolve));
    }
    killAt = Number.POSITIVE_INFINITY;
    expect(kills).toBe(3);
    expect(sqs.bodies("main").length).toBeGreaterThan(0);
    start();
    await until(() => sqs.bodies("main").length === 0, 30);

    const result = tally(items, { delivered: grafana.delivered, parked: [], queued: [] });
    figures("crashMidFlushLosesNothing", { ...result, kills, exports: grafana.count() });
    expect(result).toMatchObject({ sent: 600, delivered: 600, lost: 0 });
    expect(result.duplicated).toBeGreaterThan(0);
    expect(sqs.bodies("dead")).toEqual([]);
  });
});
