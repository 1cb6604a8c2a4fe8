import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";
import { startStack } from "../support/local/stack.ts";

// promtool is built by bench/peers/install.sh; where it is absent these tests are reported as skipped.
let world: DaemonWorld;

beforeEach(async () => {
  world = await createDaemonWorld();
});
afterEach(() => world.close());

describe.skipIf(!peers.promtool)("promtool check metrics", () => {
  it("has nothing to say about the daemon's, refusals and an outage included", async () => {
    const daemon = await world.start({ SLUICE_WORKERS: "2" });
    expect(await post(daemon.httpPort, oneSpan)).toBe(200);
    expect(await post(daemon.httpPort, [0x80])).toBe(400);
    world.grafana.behave(() => ({ status: 503 }));
    expect(await post(daemon.httpPort, oneSpan)).toBe(200);
    const { text } = await daemon.page("/metrics");
    for (const name of ["sluice_refused_requests_total", "sluice_spilled_items_total"]) expect(text).toContain(name);
    expect(checkMetrics(text)).toEqual({ status: 0, output: "" });
  });

  it("has nothing to say about the local stack's", async () => {
    const stack = await startStack();
    const text = await (await fetch(`${stack.admin}/metrics`)).text();
    await stack.stop();
    expect(text).toContain("sluice_build_info");
    expect(checkMetrics(text)).toEqual({ status: 0, output: "" });
  });
});

/** ResourceSpans, ScopeSpans, a span: empty, all of them. */
const oneSpan = [0x0a, 0x04, 0x12, 0x02, 0x12, 0x00];

async function post(port: number, bytes: readonly number[]): Promise<number> {
  const headers = { "content-type": "application/x-protobuf" };
  const response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: "POST",
    headers,
    body: Uint8Array.from(bytes),
  });
  return response.status;
}

function checkMetrics(text: string): { status: number | null; output: string } {
  const args = ["check", "metrics"];
  const { status, stdout, stderr } = spawnSync(peers.promtool ?? "", args, { input: text, encoding: "utf8" });
  return { status, output: stdout + stderr };
}
