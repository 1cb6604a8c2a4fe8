import { describe, expect, it, onTestFinished } from "vitest";
import { type FakeGrafana, type FakeGrafanaOptions, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { exportingTo, type RunningStack, startStack, temporaryDirectory } from "../support/local/stack.ts";

async function fakeGrafana(options?: FakeGrafanaOptions): Promise<FakeGrafana> {
  const grafana = await startFakeGrafana(options);
  onTestFinished(() => grafana.close());
  return grafana;
}

/** Sends one log record whose body is `text`; resolves to the status of the answer. */
async function sendLog({ http }: RunningStack, text: string): Promise<number> {
  const record = { timeUnixNano: "1700000000000000000", body: { stringValue: text } };
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  const headers = { "content-type": "application/json" };
  return (await fetch(`${http}/v1/logs`, { method: "POST", headers, body })).status;
}

async function metricsOf({ admin }: RunningStack): Promise<string> {
  return (await fetch(`${admin}/metrics`)).text();
}

const texts = Array.from({ length: 40 }, (_, index) => `record ${index}`);

/** Every record once or more, none missing: at least once. */
function expectAll(grafana: FakeGrafana): Promise<void> {
  const arrived = () => {
    const names = [...grafana.delivered.keys()];
    return texts.filter((text) => names.some((name) => name.endsWith(text))).length;
  };
  return expect.poll(arrived, { timeout: 15_000 }).toBe(texts.length);
}

describe("the stack", () => {
  it("delivers after its next start what it had answered 200 for when it was killed", async () => {
    const dataDir = temporaryDirectory();
    const grafana = await fakeGrafana();
    grafana.behave(() => ({ status: 503 }));
    const first = await startStack({ dataDir, env: exportingTo(grafana) });
    const statuses = await Promise.all(texts.map((text) => sendLog(first, text)));
    await first.kill();
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(grafana.delivered.size).toBe(0);
    grafana.behave(() => undefined);
    await startStack({ dataDir, env: exportingTo(grafana) });
    await expectAll(grafana);
  });

  it("answers and delivers what is in flight when it is told to stop, and exits with 0", async () => {
    const grafana = await fakeGrafana();
    grafana.behave(() => ({ delayMs: 300 }));
    const stack = await startStack({ env: exportingTo(grafana) });
    const sending = Promise.all(texts.map((text) => sendLog(stack, text)));
    expect(new Set(await sending)).toEqual(new Set([200]));
    expect(await stack.stop()).toBe(0);
    await expectAll(grafana);
    await expect(fetch(stack.http)).rejects.toThrow();
  });

  it("keeps everything while the destination refuses its credentials, and delivers it with the right ones", async () => {
    const dataDir = temporaryDirectory();
    const grafana = await fakeGrafana({ apiKey: "glc_right" });
    const wrong = await startStack({ dataDir, env: exportingTo({ ...grafana, apiKey: "glc_wrong" }) });
    for (const text of texts) expect(await sendLog(wrong, text)).toBe(200);
    await expect.poll(() => wrong.stderr(), { timeout: 10_000 }).toContain("destination.misconfigured");
    const metrics = await metricsOf(wrong);
    expect(metrics).toContain(`sluice_in_flight_items{signal="logs"} ${texts.length}`);
    expect(metrics).toMatch(/sluice_dead_lettered_items_total\{signal="logs",\S+ 0/);
    expect(wrong.stderr()).not.toContain("glc_wrong");
    expect(await wrong.stop()).toBe(0);
    await startStack({ dataDir, env: exportingTo(grafana) });
    await expectAll(grafana);
  });

  it("ends at once at the second signal, and loses nothing by it", async () => {
    const dataDir = temporaryDirectory();
    const grafana = await fakeGrafana();
    grafana.behave(() => ({ hang: true }));
    const stack = await startStack({ dataDir, env: exportingTo(grafana) });
    for (const text of texts) await sendLog(stack, text);
    await expect.poll(() => grafana.count()).toBeGreaterThan(0);
    const stopping = stack.stop();
    await expect.poll(() => stack.stderr()).toContain("server.stopping");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const askedAt = performance.now();
    expect(await Promise.all([stopping, stack.stop()])).toEqual([1, 1]);
    expect(performance.now() - askedAt).toBeLessThan(1500);
    grafana.behave(() => undefined);
    await startStack({ dataDir, env: exportingTo(grafana) });
    await expectAll(grafana);
  });
});
