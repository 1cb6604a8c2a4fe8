import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sluice } from "../support/cli/cli.ts";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { chromiumPath, openPage, startBrowser, violationsOf } from "../support/ui/browser.ts";

let browser: Browser;
let pipeline: PipelineProcess | undefined;
beforeAll(async () => {
  if (chromiumPath) browser = await startBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await pipeline?.end("SIGTERM");
  pipeline = undefined;
});

const config = (extra = "") => `
livedebugging { enabled = true }
local.file_match "f" {
  path_targets = [{"__path__" = sys.env("LOGS") + "/*.log", "job" = "shop"}]
  sync_period  = "100ms"
}
loki.source.file "f" {
  targets    = local.file_match.f.targets
  forward_to = [loki.process.p.receiver]
}
loki.process "p" { forward_to = [loki.echo.e.receiver, loki.write.w.receiver] }
loki.echo "e" { }
loki.write "w" {
  endpoint {
    url = "http://127.0.0.1:9/loki/api/v1/push"
    basic_auth {
      username = "reader"
      password = "open sesame"
    }
  }
}
${extra}
`;

async function start(): Promise<PipelineProcess> {
  const first = await startPipelineProcess({ config: "" });
  const logs = first.directory;
  await first.end("SIGKILL");
  appendFileSync(join(logs, "a.log"), "order 1 accepted\n");
  pipeline = await startPipelineProcess({ config: config(), env: { LOGS: logs }, directory: logs });
  return pipeline;
}

// Chromium comes with Debian's package; where it is absent these tests are reported as skipped.
describe.skipIf(!chromiumPath)("the pipeline", () => {
  it("is drawn, and a component shows its arguments without secrets, its health, log and metrics", async () => {
    const { admin } = await start();
    const { page, faults } = await openPage(browser, `${admin}/#/pipeline`);
    await page.getByRole("link", { name: /loki.process.p, healthy/ }).waitFor();
    await page.getByRole("region", { name: "Tailed files", exact: true }).getByText("a.log").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("link", { name: /loki.write.w, healthy/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Arguments" }).waitFor();
    await expect.poll(() => page.getByText('username = "reader"').count()).toBe(1);
    expect(await page.content()).not.toContain("open sesame");
    expect(await page.content()).toContain("(secret)");
    expect(await violationsOf(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("is reloaded after saying what changes, and says what is wrong with a bad configuration", async () => {
    const started = await start();
    const { page, faults } = await openPage(browser, `${started.admin}/#/pipeline`);
    started.configure(config('loki.echo "more" { }').replace("open sesame", "another"));
    await page.getByRole("button", { name: "Reload…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("loki.echo.more").waitFor();
    expect(await dialog.innerText()).toMatch(/changed loki\.write\.w endpoint > basic_auth > password/);
    expect(await dialog.innerText()).not.toContain("another");
    expect(await violationsOf(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Reload: 2 changes" }).click();
    await dialog.getByText("The configuration was loaded.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("link", { name: /loki.echo.more, healthy/ }).waitFor();
    started.configure('loki.echo "x" { y = 1 }');
    await page.getByRole("button", { name: "Reload…" }).click();
    await dialog.getByText('unrecognized attribute name "y"').waitFor();
    expect(await dialog.getByRole("button", { name: "Reload", exact: true }).isDisabled()).toBe(true);
    expect(faults).toEqual([]);
  });

  it("shows live what passes an edge, filtered and paused, and the same in the terminal", async () => {
    const { admin, directory } = await start();
    const { page, faults } = await openPage(browser, `${admin}/#/live/loki.process.p`);
    const write = (line: string) => appendFileSync(join(directory, "a.log"), `${line}\n`);
    const tapped = sluice(["tap", "loki.process.p", "--admin", admin, "--contains", "order", "--max", "2"]);
    const list = page.getByRole("list");
    let order = 1;
    await expect
      .poll(() => {
        write(`order ${++order} accepted`);
        write(`noise ${order}`);
        return list.innerText();
      })
      .toMatch(/in\s[^\n]*noise|noise/);
    await page.getByRole("searchbox").fill('order job="shop"');
    await expect.poll(() => list.innerText()).not.toContain("noise");
    await page.getByLabel("Edge").selectOption("to loki.echo.e");
    await expect.poll(() => list.getByRole("listitem").first().innerText()).toMatch(/^out\s+.*order/s);
    await page.getByRole("button", { name: "Pause" }).click();
    const before = await list.innerText();
    write("order 999 accepted");
    let isTapping = true;
    void tapped.then(() => {
      isTapping = false;
    });
    await expect
      .poll(() => {
        write(`order ${++order} accepted`);
        return isTapping;
      })
      .toBe(false);
    expect((await tapped).out).toMatch(/order \d+ accepted.*\n.*order \d+ accepted/);
    expect(await list.innerText()).toBe(before);
    expect(await violationsOf(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("of 500 components is drawn without a stall", async () => {
    const echoes = Array.from({ length: 250 }, (_, index) => `loki.echo "e${index}" { }`);
    const processes = Array.from(
      { length: 250 },
      (_, index) => `loki.process "p${index}" { forward_to = [loki.echo.e${index}.receiver] }`,
    );
    pipeline = await startPipelineProcess({ config: [...echoes, ...processes].join("\n") });
    const { page, faults } = await openPage(browser, `${pipeline.admin}/`);
    await page.addInitScript(
      "let last = performance.now(); globalThis.worst = 0; const tick = () => { const now = performance.now(); globalThis.worst = Math.max(globalThis.worst, now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick);",
    );
    await page.goto(`${pipeline.admin}/#/pipeline`);
    await page.reload();
    await expect.poll(() => page.locator("a.box").count()).toBe(500);
    expect(await page.evaluate("worst")).toBeLessThan(1000);
    expect(faults).toEqual([]);
  });
});
