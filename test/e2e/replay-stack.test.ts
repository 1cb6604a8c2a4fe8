import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { sluice } from "../support/cli/cli.ts";
import { startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { exportingTo, startStack } from "../support/local/stack.ts";

describe("replayDeliversOnce, as a user has it", () => {
  it("lists, shows and replays what the local stack has parked, without any address being given", async () => {
    let refuses = true;
    const grafana = await startFakeGrafana({ poison: (item) => refuses && item === "bad" });
    onTestFinished(() => grafana.close());
    const stack = await startStack({ env: exportingTo(grafana) });
    const env = { SLUICE_DATA_DIR: stack.dataDir, SLUICE_STATE_DIR: join(stack.dataDir, "state") };
    const run = async (...args: readonly string[]) => {
      const { code, out, err } = await sluice(["dead-letters", ...args, "--local", "--json"], { env });
      expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
      return JSON.parse(out);
    };
    const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
    const logRecords = ["good", "bad"].map((stringValue) => ({ timeUnixNano, body: { stringValue } }));
    const response = await fetch(`${stack.http}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
    });
    expect(response.status).toBe(200);
    await expect.poll(() => stack.stderr(), { timeout: 15_000 }).toContain("batch.dead-lettered");
    const { letters } = await run("list");
    expect(letters).toMatchObject([{ signal: "logs", reason: "rejected", status: 400, items: 1 }]);
    const shown = await run("show", letters[0].id);
    expect(shown.content.resourceLogs[0].scopeLogs[0].logRecords).toMatchObject([{ body: { stringValue: "bad" } }]);
    refuses = false;
    expect(await run("replay")).toMatchObject({ counts: { replayed: 1 }, letters: [{ id: letters[0].id }] });
    await expect
      .poll(() => grafana.delivered, { timeout: 15_000 })
      .toEqual(
        new Map([
          ["good", 1],
          ["bad", 1],
        ]),
      );
    expect(await run("list")).toMatchObject({ letters: [] });
    expect(await stack.stop()).toBe(0);
    const { code, err } = await sluice(["dead-letters", "list", "--local"], { env });
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("npm start") });
  });
});
