import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startStack } from "../support/local/stack.ts";

const send = join(import.meta.dirname, "../../local/send.ts");

describe("npm start", () => {
  it("serves OTLP/gRPC by the daemon's code: what npm run send sends arrives", async () => {
    const stack = await startStack();
    const endpoint = /OTLP\/gRPC on (\S+),/.exec(stack.stdout())?.[1] ?? "";
    const args = [send, "--protocol", "grpc", "--endpoint", endpoint, "--count", "20"];
    const sent = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(sent.stdout).toMatch(/traces: 20 spans accepted.*metrics: 20 data points accepted.*logs: 20/s);
    const { text } = { text: await (await fetch(`${stack.admin}/metrics`)).text() };
    expect(text).toMatch(/sluice_accepted_items_total\{signal="traces",transport="grpc"\} 20/);
    await expect.poll(() => stack.stdout(), { timeout: 10_000 }).toContain("POST /checkout");
    expect(await stack.stop()).toBe(0);
  });
});
