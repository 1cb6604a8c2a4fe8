import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createSqsClient } from "../../shared/aws/sqs/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";
import { startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { exportingTo, startStack, temporaryDirectory } from "../support/local/stack.ts";
import { startQueueProcess } from "../support/queue/queue-process.ts";
import { chromiumPath, openPage, startBrowser, violationsOf } from "../support/ui/browser.ts";

let browser: Browser;
beforeAll(async () => {
  if (chromiumPath) browser = await startBrowser();
});
afterAll(() => browser?.close());

const program = fileURLToPath(new URL("../../cli/sluice.js", import.meta.url));

/** `sluice ui` in a process of its own; answers with the address that it prints. */
async function startUi(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, [program, "ui", ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  });
  const [line] = child.stdout ? await once(child.stdout, "data") : [""];
  return String(line).trim();
}

// Chromium comes with Debian's package; where it is absent these tests are reported as skipped.
describe.skipIf(!chromiumPath)("sluice ui", () => {
  it("shows a stage's queues and dead letters on loopback, and replays nothing where it is read-only", async () => {
    const queue = await startQueueProcess();
    onTestFinished(() => queue.stop());
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const endpoint = new URL(queue.queueUrl).origin;
    const client = createSqsClient({ endpoint, region: "us-east-1", credentials });
    await createSqsQueue({ client, queueUrl: queue.deadLetterQueueUrl }).send([
      await sampleDeadLetter({ id: "a", service: "cart" }),
    ]);
    client.destroy();
    const env = {
      SLUICE_QUEUE_URL: queue.queueUrl,
      SLUICE_DEAD_LETTER_QUEUE_URL: queue.deadLetterQueueUrl,
      SLUICE_STATE_DIR: temporaryDirectory(),
    };
    const address = await startUi(["--stage", "prod", "--read-only"], env);
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { page, faults } = await openPage(browser, address);
    await page.getByRole("heading", { name: "Stage prod" }).waitFor();
    await expect.poll(() => page.getByRole("row", { name: /^dead-letters/ }).innerText()).toMatch(/dead-letters\s+1\s/);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("link", { name: "Dead letters" }).click();
    await page.getByRole("row", { name: /cart/ }).getByRole("button", { name: "rejected" }).click();
    expect(await page.getByRole("button", { name: /Replay|Discard/ }).count()).toBe(0);
    expect(faults).toEqual([]);
  });
});

describe.skipIf(!chromiumPath)("the local stack", () => {
  it("shows its dead letters and replays them", async () => {
    let isPoisonous = true;
    const grafana = await startFakeGrafana({ poison: (item) => isPoisonous && item.includes("poison") });
    onTestFinished(() => grafana.close());
    const stack = await startStack({ env: exportingTo(grafana) });
    const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
    const logRecords = [{ timeUnixNano, body: { stringValue: "poison" } }];
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    const headers = { "content-type": "application/json" };
    await fetch(`${stack.http}/v1/logs`, { method: "POST", headers, body });
    const { page, faults } = await openPage(browser, `${stack.admin}/`);
    await expect.poll(() => page.getByRole("row", { name: /^logs/ }).innerText()).toMatch(/^logs\s+1\s+0\s+0\s+1\s/);
    isPoisonous = false;
    await page.getByRole("link", { name: "Dead letters", exact: true }).click();
    await page.getByRole("button", { name: "Replay all…" }).click();
    await page.getByRole("button", { name: "Replay 1 letter" }).click();
    await page.getByText("1 letter with 1 item went back into the queue.").waitFor();
    await expect.poll(() => grafana.delivered.size).toBe(1);
    expect(faults).toEqual([]);
    await stack.stop();
  });
});
