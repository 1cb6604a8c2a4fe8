import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bundle } from "../../infra/bundle.ts";
import { startDaemonProcess } from "../support/daemon/daemon.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-loaded-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Where the daemon is asked what it has loaded of Node and of itself: by a module that is loaded before it. */
const spy = join(folder, "spy.cjs");
const lists = `process.on("SIGUSR2", () => {
  const { moduleLoadList } = process;
  const builtins = moduleLoadList.filter((each) => each.startsWith("NativeModule ")).map((each) => each.slice(13));
  process.stdout.write(JSON.stringify({ event: "loaded", builtins, heapBytes: process.memoryUsage().heapUsed}) + "\\n");
});`;

describe("the daemon at its start", () => {
  it("has loaded nothing that it does not use yet: HTTP/2, TLS, SQLite, worker threads, Web Crypto, fetch", async () => {
    writeFileSync(spy, lists);
    const { file } = await bundle("daemon", folder);
    const env = { GRAFANA_CLOUD_OTLP_ENDPOINT: "http://127.0.0.1:9/otlp", GRAFANA_CLOUD_INSTANCE_ID: "1" };
    const daemon = await startDaemonProcess({
      file,
      nodeOptions: ["--max-semi-space-size=1", "--require", spy],
      env: { ...env, GRAFANA_CLOUD_API_KEY: "x", NODE_ENV: "production" },
    });
    daemon.child.kill("SIGUSR2");
    await expect.poll(() => daemon.log.find(({ event }) => event === "loaded"), { timeout: 5000 }).toBeDefined();
    const loaded = daemon.log.find(({ event }) => event === "loaded") as { builtins: string[]; heapBytes: number };
    await daemon.end("SIGKILL");
    const unused =
      /^(http2|https|tls$|sqlite|worker_threads|internal\/crypto\/webcrypto|internal\/deps\/undici|repl|assert)/;
    expect(loaded.builtins.filter((name) => unused.test(name))).toEqual([]);
    expect(loaded.heapBytes).toBeLessThan(13 * 2 ** 20);
  });
});
