import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type DaemonProcess, startDaemonProcess } from "../support/daemon/daemon.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { chromiumPath, openPage, startBrowser, violationsOf } from "../support/ui/browser.ts";
import { storedDeadLetters } from "../support/ui/stored-dead-letters.ts";

let browser: Browser;
let grafana: FakeGrafana;
let daemon: DaemonProcess | undefined;
beforeAll(async () => {
  grafana = await startFakeGrafana();
  if (chromiumPath) browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await grafana.close();
});
afterEach(async () => {
  await daemon?.end("SIGTERM");
  daemon = undefined;
});

async function start(letters: Parameters<typeof storedDeadLetters>[0], env = {}): Promise<DaemonProcess> {
  daemon = await startDaemonProcess({
    env: {
      GRAFANA_CLOUD_OTLP_ENDPOINT: grafana.endpoint,
      GRAFANA_CLOUD_INSTANCE_ID: grafana.instanceId,
      GRAFANA_CLOUD_API_KEY: grafana.apiKey,
      SLUICE_STORAGE_PATH: await storedDeadLetters(letters),
      ...env,
    },
  });
  return daemon;
}

const few = [
  { id: "a", service: "cart", names: ["poisoned record"], message: "HTTP 400: the label is too long" },
  { id: "b", service: "cart", names: ["another record"] },
  {
    id: "c",
    service: "checkout",
    signal: "traces" as const,
    names: ["span one", "span two"],
    message: 'no "span two"',
  },
];

// Chromium comes with Debian's package; where it is absent these tests are reported as skipped.
describe.skipIf(!chromiumPath)("dead letters", () => {
  it("are grouped, decoded with the refused record marked, replayed and discarded after saying how much", async () => {
    const { admin } = await start(few);
    const { page, faults } = await openPage(browser, `${admin}/#/dead-letters`);
    await page.getByRole("row", { name: /cart/ }).getByRole("button", { name: "rejected" }).click();
    await page.getByRole("button", { name: "HTTP 400: the label is too long" }).click();
    const letter = page.getByRole("article");
    await expect.poll(() => letter.getByRole("listitem").innerText()).toMatch(/refused.*poisoned record/s);
    expect(await violationsOf(page)).toEqual([]);

    await page.getByRole("button", { name: "Replay…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("2 letters with 2 items would go back into the queue.").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Replay 2 letters" }).click();
    await dialog.getByText("2 letters with 2 items went back into the queue.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await expect.poll(() => page.getByRole("row").count()).toBe(2);
    await expect.poll(() => grafana.delivered.size).toBe(2);

    await page.getByRole("button", { name: "rejected" }).click();
    await page.getByRole("button", { name: 'no "span two"' }).click();
    await expect.poll(() => letter.locator(".refused").allInnerTexts()).toEqual([expect.stringContaining("span two")]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download" }).click(),
    ]);
    expect(readFileSync(await download.path(), "utf8")).toMatch(/^\{.*"id":"c".*span one.*\}\n$/);
    await page.getByRole("button", { name: "Discard…" }).click();
    await dialog.getByText("1 letter with 2 items would be deleted for good.").waitFor();
    await dialog.getByLabel(/^Why/).fill("a test");
    await dialog.getByRole("button", { name: "Discard 1 letter for good" }).click();
    await dialog.getByText("1 letter with 2 items were deleted.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByText("There are none").waitFor();
    expect(faults).toEqual([]);
  });

  it("are replayed at a rate, with progress, until somebody stops it", async () => {
    const { admin } = await start(Array.from({ length: 30 }, (_, index) => ({ id: `l${index}`, service: "cart" })));
    const { page, faults } = await openPage(browser, `${admin}/#/dead-letters`);
    await page.getByRole("button", { name: "Replay all…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/items a second/).fill("4");
    const startedAt = Date.now();
    await dialog.getByRole("button", { name: "Replay 30 letters" }).click();
    await dialog.getByRole("button", { name: "Stop" }).click();
    await dialog.getByText("Stopped. 20 letters with 20 items went back into the queue.").waitFor();
    expect(Date.now() - startedAt).toBeGreaterThan(4000);
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByText("10 letters with 10 items").waitFor();
    expect(faults).toEqual([]);
  });

  it("can only be looked at where the port is read-only", async () => {
    const { admin } = await start(few, { SLUICE_ADMIN_READ_ONLY: "true" });
    const { page } = await openPage(browser, `${admin}/#/dead-letters`);
    await page.getByRole("row", { name: /cart/ }).getByRole("button", { name: "rejected" }).click();
    expect(await page.getByRole("button", { name: /Replay|Discard/ }).count()).toBe(0);
    const discard = { method: "POST", body: JSON.stringify({ all: true, comment: "x" }) };
    const headers = { "content-type": "application/json" };
    const direct = await fetch(`${admin}/api/v0/dead-letters/discard`, { ...discard, headers });
    expect(direct.status).toBe(403);
  });

  it("need the token where the port is open to other machines, which the page asks for", async () => {
    const { admin } = await start(few, { SLUICE_ADMIN_HOST: "0.0.0.0", SLUICE_ADMIN_TOKENS: "let-me-in" });
    const { page } = await openPage(browser, `${admin}/#/dead-letters`);
    await page.getByLabel(/SLUICE_ADMIN_TOKENS/).fill("let-me-in");
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Use it in this tab" }).click();
    await page.getByText("3 letters with 4 items").waitFor();
  });

  it("cannot be touched by a page of another origin", async () => {
    const { admin } = await start(few);
    const attacker = await startDaemonProcess({
      env: {
        SLUICE_STORAGE_PATH: await storedDeadLetters([]),
        GRAFANA_CLOUD_OTLP_ENDPOINT: grafana.endpoint,
        GRAFANA_CLOUD_INSTANCE_ID: "1",
        GRAFANA_CLOUD_API_KEY: "x",
      },
    });
    const { page } = await openPage(browser, `${attacker.admin}/metrics`);
    const attack = `(async () => {
      const tried = [];
      for (const type of ["application/json", "text/plain"])
        for (const path of ["dead-letters/discard", "dead-letters/list", "sluice/reload"])
          for (const mode of ["cors", "no-cors"])
            try {
              const answer = await fetch("${admin}/api/v0/" + path, { method: "POST", mode, headers: { "content-type": type }, body: '{"all":true,"comment":"x"}' });
              tried.push(answer.type === "opaque" ? "opaque" : answer.status);
            } catch { tried.push("refused"); }
      try { const frame = document.createElement("iframe"); frame.src = "${admin}/"; document.body.append(frame); await new Promise((r) => frame.onload = r); tried.push(frame.contentDocument === null ? "refused" : "framed"); } catch { tried.push("refused"); }
      return tried;
    })()`;
    const tried = (await page.evaluate(attack)) as (string | number)[];
    expect(tried.filter((each) => each !== "refused" && each !== "opaque")).toEqual([]);
    const headers = { "content-type": "application/json" };
    const list = await fetch(`${admin}/api/v0/dead-letters/list`, { method: "POST", headers, body: "{}" });
    expect(((await list.json()) as { letters: unknown[] }).letters).toHaveLength(few.length);
    await attacker.end("SIGTERM");
  });

  it("are shown without a stall when there are 10,000", async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ id: `l${index}`, service: `s${index % 20}` }));
    const { admin } = await start(many);
    const { page, faults } = await openPage(browser, `${admin}/#/dead-letters`);
    await page.getByText("10,000 letters with 10,000 items").waitFor();
    const stall = `(() => { let last = performance.now(), worst = 0; const tick = () => { const now = performance.now(); worst = Math.max(worst, now - last); last = now; globalThis.worst = worst; requestAnimationFrame(tick); }; tick(); })()`;
    await page.evaluate(stall);
    await page.getByRole("row", { name: /s7\b/ }).getByRole("button", { name: "rejected" }).click();
    await page.getByRole("button", { name: "HTTP 400: no" }).first().waitFor();
    expect(await page.evaluate("worst")).toBeLessThan(500);
    expect(faults).toEqual([]);
  });
});
