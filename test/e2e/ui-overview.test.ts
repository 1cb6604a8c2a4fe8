import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";
import { startStack } from "../support/local/stack.ts";
import { chromiumPath, openPage, startBrowser, violationsOf } from "../support/ui/browser.ts";

let browser: Browser;
let world: DaemonWorld | undefined;
beforeAll(async () => {
  if (chromiumPath) browser = await startBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function send(url: string): Promise<void> {
  const logRecords = [{ body: { stringValue: "hello" } }, { body: { stringValue: "again" } }];
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/logs`, { method: "POST", headers, body })).status).toBe(200);
}

// Chromium comes with Debian's package; where it is absent these tests are reported as skipped.
describe.skipIf(!chromiumPath)("the overview", () => {
  it("shows the ledger and a destination that is down, and why, without a request to elsewhere", async () => {
    world = await createDaemonWorld();
    const daemon = await world.start({});
    await send(`http://127.0.0.1:${daemon.httpPort}`);
    const { page, faults } = await openPage(browser, `${daemon.admin}/`);
    const ledger = page.getByRole("region", { name: "Ledger", exact: true });
    await expect.poll(() => ledger.getByRole("row", { name: /^logs/ }).innerText()).toMatch(/^logs\s+2\s+2\s/);
    world.grafana.behave(() => ({ status: 503 }));
    await send(`http://127.0.0.1:${daemon.httpPort}`);
    const destinations = page.getByRole("region", { name: "Destinations", exact: true });
    await expect.poll(() => destinations.innerText()).toMatch(/down since \d\d:\d\d:\d\d: /);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("link", { name: "Log" }).click();
    await expect.poll(() => page.getByRole("list").innerText()).toContain("The destination is down");
    expect(await violationsOf(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("fits a phone, in the dark, for the local stack too, and is painted within a second", async () => {
    const stack = await startStack();
    await (await fetch(`${stack.admin}/ui/main.js`)).arrayBuffer();
    const phone = { viewport: { width: 390, height: 800 }, colorScheme: "dark" } as const;
    const { page, faults } = await openPage(browser, `${stack.admin}/`, phone);
    await page.getByRole("heading", { name: "Ledger" }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    const painted = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    expect(painted).toBeLessThan(1000);
    expect(await violationsOf(page)).toEqual([]);
    expect(faults).toEqual([]);
    await stack.stop();
  });

  it("is served whole to a keyboard: the first stop skips to the content", async () => {
    const stack = await startStack();
    const { page } = await openPage(browser, `${stack.admin}/`);
    await page.getByRole("heading", { name: "Ledger" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("MAIN");
    await stack.stop();
  });
});
