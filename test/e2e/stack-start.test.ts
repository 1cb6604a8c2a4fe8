import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { decodeStatus } from "../../shared/rpc/status.ts";
import { failToStart, startStack, temporaryDirectory } from "../support/local/stack.ts";

const root = join(import.meta.dirname, "../..");

/** `npm run send` as a user runs it. */
async function send(...options: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const run = promisify(execFile)("npm", ["run", "-s", "send", "--", ...options], { cwd: root });
    return { code: 0, ...(await run) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe("npm start without an account", () => {
  it("prints a readable line per item and a summary per request, whatever the protocol", async () => {
    const stack = await startStack();
    for (const protocol of ["http/protobuf", "http/json"]) {
      const { code, stdout } = await send("--count", "7", "--protocol", protocol, "--endpoint", stack.http);
      expect([code, stdout]).toEqual([
        0,
        "traces: 7 spans accepted\nmetrics: 7 data points accepted\nlogs: 7 log records accepted\n",
      ]);
    }
    const lines = () => stack.stdout().split("\n");
    const count = (pattern: RegExp) => lines().filter((line) => pattern.test(line)).length;
    const perItem = /^\d\d:\d\d:\d\d\.\d{3} {2}(span|metric|log) /;
    await expect.poll(() => count(perItem), { timeout: 10_000 }).toBe(42);
    await expect.poll(() => count(/^logs: \d+ log records from shop-frontend/)).toBeGreaterThan(0);
    expect(stack.stdout()).toMatch(
      /span {4}shop-frontend {3}POST \/checkout {2}server {2}\S+ms {2}trace [0-9a-f]{32} {2}order\.id=o-1000/,
    );
    expect(stack.stdout()).toMatch(
      /metric {2}shop-frontend {3}http\.server\.request\.duration {2}histogram {2}count=20 sum=/,
    );
    expect(stack.stdout()).toMatch(/log {5}shop-checkout {3}INFO {3}order o-1001 placed {2}trace [0-9a-f]{32}/);
    expect(lines().some((line) => line.startsWith("{"))).toBe(false);
    expect(await stack.stop()).toBe(0);
  });

  it("says on one line of standard output where it is, and talks on standard error", async () => {
    const stack = await startStack();
    const lines = stack
      .stdout()
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith(">"));
    expect(lines).toEqual([
      expect.stringMatching(
        /^Sluice is ready: OTLP\/HTTP on http:\/\/127\.0\.0\.1:\d+, admin on http:\/\/127\.0\.0\.1:\d+, /,
      ),
    ]);
    expect(await stack.interrupt()).toBe(0);
    expect(stack.stderr()).toContain('"event":"server.stopped"');
  });

  it("stops by itself when npm is killed, and leaves its data directory to the next one", async () => {
    const { orphan, stderr, dataDir } = await startStack();
    await orphan();
    expect(stderr()).toContain('"event":"server.stopped"');
    await startStack({ dataDir });
  });

  it("serves readiness, health and metrics on the admin port", async () => {
    const stack = await startStack();
    for (const path of ["/-/ready", "/-/healthy"]) expect((await fetch(`${stack.admin}${path}`)).status).toBe(200);
    await send("--count", "3", "--signal", "logs", "--endpoint", stack.http);
    const metrics = async () => (await fetch(`${stack.admin}/metrics`)).text();
    await expect.poll(metrics).toContain('sluice_delivered_items_total{signal="logs",destination="grafana-cloud"} 3');
    const text = await metrics();
    expect(text).toContain('sluice_accepted_items_total{signal="logs",transport="http"} 3');
    for (const signal of ["traces", "metrics", "logs"]) {
      expect(text).toMatch(new RegExp(`sluice_rejected_items_total\\{signal="${signal}",\\S+ 0`));
      expect(text).toMatch(new RegExp(`sluice_dead_lettered_items_total\\{signal="${signal}",\\S+ 0`));
      expect(text).toContain(`sluice_in_flight_items{signal="${signal}"} 0`);
    }
    expect((await fetch(`${stack.admin}/nothing`)).status).toBe(404);
    expect((await fetch(`${stack.admin}/metrics`, { method: "POST" })).status).toBe(405);
  });

  it("answers a request above 1 MB with 413 and a Status in its encoding", async () => {
    const stack = await startStack();
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${stack.http}/v1/logs`, {
      method: "POST",
      headers,
      body: Buffer.alloc(1_100_000, " "),
    });
    expect([response.status, response.headers.get("content-type")]).toEqual([413, "application/json"]);
    expect(decodeStatus(await response.bytes(), "json")?.message).toContain("1000000 bytes");
  });
});

describe("npm start with senders", () => {
  it("holds a sender to its limit and sets its attributes, as the functions do", async () => {
    const stack = await startStack({
      env: {
        SLUICE_SENDERS: "shop",
        SLUICE_SENDER_SHOP_TOKENS: "token-of-shop",
        SLUICE_SENDER_SHOP_ATTRIBUTES: "service.name=the-shop",
        SLUICE_SENDER_SHOP_MAX_ITEMS_PER_SECOND: "1",
        SLUICE_SENDER_SHOP_BURST: "1s",
      },
    });
    const logRecords = Array.from({ length: 60 }, () => ({ body: { stringValue: "sold" } }));
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    const post = (token: string) => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      return fetch(`${stack.http}/v1/logs`, { method: "POST", headers, body });
    };
    expect((await post("another")).status).toBe(401);
    expect((await post("token-of-shop")).status).toBe(200);
    const limited = await post("token-of-shop");
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(30);
    await expect.poll(stack.stdout, { timeout: 10_000 }).toMatch(/the-shop[^\n]*sold|sold[^\n]*the-shop/);
    expect(stack.stdout() + stack.stderr()).not.toContain("token-of-shop");
    await stack.stop();
  });
});

describe("npm run send", () => {
  it("exits with 1 and says why when the gateway refuses or is not there", async () => {
    const stack = await startStack({ env: { SLUICE_SENDER_TOKENS: "right" } });
    const refused = await send("--signal", "traces", "--endpoint", stack.http);
    expect([refused.code, refused.stdout]).toEqual([
      1,
      expect.stringMatching(/^traces: 0 of 10 spans accepted, 10 not: HTTP 401: .*token/),
    ]);
    await stack.stop();
    const absent = await send("--signal", "traces", "--endpoint", stack.http);
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining("start the gateway with npm start")]);
  });

  it("explains its options, and what is wrong with them, all at once", async () => {
    expect(await send("--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage: npm run send --") });
    const { code, stderr } = await send("--count", "0", "--signal", "x", "--endpoint", "y");
    expect(code).toBe(2);
    for (const option of ["--count", "--signal", "--endpoint"]) expect(stderr).toContain(`${option} is`);
  });
});

describe("npm start that cannot", () => {
  it("says in one sentence that a port is in use", async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    for (const setting of ["SLUICE_HTTP_PORT", "SLUICE_ADMIN_PORT"]) {
      const { code, stderr } = await failToStart({ env: { [setting]: String(port) } });
      expect(code).toBe(1);
      expect(stderr).toContain(`Port ${port} is in use: stop what uses it, or set ${setting} to another port`);
      expect(stderr).not.toContain("    at ");
    }
  });

  it("names the settings that are missing, and all that are wrong", async () => {
    const env = { GRAFANA_CLOUD_API_KEY: "glc_very-secret", SLUICE_LOG_LEVEL: "loud" };
    const { code, stderr } = await failToStart({ env });
    expect(code).toBe(1);
    for (const name of ["GRAFANA_CLOUD_OTLP_ENDPOINT", "GRAFANA_CLOUD_INSTANCE_ID", "SLUICE_LOG_LEVEL"]) {
      expect(stderr).toContain(name);
    }
    expect(stderr).not.toContain("very-secret");
  });

  it("says why a data directory cannot be used", async () => {
    const dataDir = temporaryDirectory();
    writeFileSync(join(dataDir, "fauxqs.db"), "not a database, but a file of some length all the same".repeat(100));
    const { code, stderr } = await failToStart({ dataDir });
    expect([code, stderr]).toEqual([1, expect.stringContaining(`The data directory ${dataDir} cannot be used (`)]);
  });

  it("refuses a data directory that another instance has", async () => {
    const stack = await startStack();
    const { code, stderr } = await failToStart({ dataDir: stack.dataDir });
    expect([code, stderr]).toEqual([1, expect.stringContaining("is in use by another instance")]);
    expect((await fetch(`${stack.admin}/-/ready`)).status).toBe(200);
  });
});
