import { describe, expect, it, vi } from "vitest";
import { startFunction } from "../../../shared/aws/lambda/start-function.ts";

const env = { SLUICE_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/q", SLUICE_PARAMETER_STORE: "false" };

async function start(given: Record<string, string> = {}) {
  const lines: string[] = [];
  const options = { env: { ...env, ...given }, write: (line: string) => void lines.push(line) };
  const started = await startFunction({ ...options, paths: ["settings"], required: ["queueUrl"] });
  const written = lines.length;
  return { ...started, records: () => lines.slice(written).map((line) => JSON.parse(line)) };
}

describe("startFunction()", () => {
  it("loads the settings of its environment", async () => {
    const { store } = await start();
    expect(store.current()).toMatchObject({ queueUrl: env.SLUICE_QUEUE_URL, maxRequestBytes: 64 * 2 ** 20 });
  });

  it("refuses to start, and says everything that is wrong", async () => {
    const wrong = { SLUICE_QUEUE_URL: "nowhere", SLUICE_MAX_REQUEST_BYTES: "many" };
    await expect(start(wrong)).rejects.toThrow(
      /SLUICE_QUEUE_URL[\s\S]*SLUICE_MAX_REQUEST_BYTES|SLUICE_MAX_REQUEST_BYTES[\s\S]*SLUICE_QUEUE_URL/,
    );
  });

  it("refuses to start without what it needs", async () => {
    await expect(start({ SLUICE_QUEUE_URL: "" })).rejects.toThrow(/SLUICE_QUEUE_URL is not set/);
  });

  it("writes the lines of the level that is set", async () => {
    const { emit, records } = await start({ SLUICE_LOG_LEVEL: "error" });
    emit("queue.failed", { operation: "send", reason: "no" });
    emit("code.crashed", { where: "test", error: "no" });
    expect(records().map(({ event }) => event)).toEqual(["code.crashed"]);
  });

  it("writes what a handler counted when it is done, also when it throws", async () => {
    const { emit, observed, records } = await start({ SLUICE_LOG_LEVEL: "error" });
    const fail = observed(async (fails: boolean) => {
      emit("request.accepted", { signal: "logs", transport: "http", items: 7, bytes: 1 });
      if (fails) throw new Error("a bug");
      return "done";
    });
    expect(await fail(false)).toBe("done");
    await expect(fail(true)).rejects.toThrow("a bug");
    expect(records()).toMatchObject([
      { signal: "logs", accepted_items: 7 },
      { signal: "logs", accepted_items: 7 },
    ]);
  });

  it("has read new settings before it is frozen with its answer", async () => {
    const texts: Record<string, string> = { ...env, SLUICE_REFRESH_INTERVAL: "10s", SLUICE_LOG_LEVEL: "error" };
    const { store, observed } = await startFunction({ env: texts, write: () => {}, paths: ["settings"] });
    texts.SLUICE_LOG_LEVEL = "debug";
    const later = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 11_000);
    await observed(async () => "done")();
    later.mockRestore();
    expect(store.current().logLevel).toBe("debug");
  });
});
