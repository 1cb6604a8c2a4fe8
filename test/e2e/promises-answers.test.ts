import { describe, expect, it, onTestFinished } from "vitest";
import { grafanaCloudDestination } from "../../shared/config/destinations.ts";
import { secret } from "../../shared/secret.ts";
import { figures, tally } from "../support/cli/figures.ts";
import { startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { startGrafanaStand as start } from "../support/destination/grafana-stand.ts";
import { createFlushStand } from "../support/flush/flush-stand.ts";

const items = Array.from({ length: 100 }, (_, index) => `item-${index}`);

describe("partialSuccessIsNotRetried", () => {
  it("counts what the destination did not take and sends nothing again", async () => {
    const { accept, drain, destination, found, events, count } = await start();
    destination.behave(() => ({ partial: { rejected: 7, message: "too old" } }));
    await accept("metrics", { names: items });
    expect(await drain()).toBe(true);
    figures("partialSuccessIsNotRetried", {
      ...tally(items, await found()),
      exports: destination.count(),
      rejected: 7,
    });
    expect(destination.count()).toBe(1);
    expect(events.filter(({ name }) => name.startsWith("export."))).toEqual([
      { name: "export.delivered", fields: expect.objectContaining({ items: 93, batches: 1 }) },
      {
        name: "export.partial",
        fields: { signal: "metrics", destination: "grafana-cloud", items: 7, message: "too old" },
      },
    ]);
    expect(count("batch.dead-lettered")).toBe(0);
  });

  it.each([
    ["an empty body", { body: "" }],
    ["no content", { status: 204 }],
  ])("takes %s for success", async (_, behaviour) => {
    const { accept, drain, destination } = await start();
    destination.behave(() => behaviour);
    await accept("traces", { names: items });
    expect(await drain()).toBe(true);
    expect(destination.count()).toBe(1);
  });

  it.each([
    ["a web page", { body: "<html>ok</html>" }],
    ["a body that is not an OTLP answer", { body: Buffer.from([1]) }],
  ])("does not take %s for success, and delivers when the destination answers", async (_, behaviour) => {
    const { accept, drain, destination } = await start();
    destination.behave(() => behaviour);
    await accept("traces", { names: items });
    expect(await drain({ maxHours: 1 })).toBe(false);
    destination.behave(() => ({ body: "" }));
    expect(await drain()).toBe(true);
    expect(destination.count()).toBeGreaterThan(1);
  });
});

describe("wrongCredentialsParkNothing", () => {
  it("lets everything wait, loudly and without many attempts, until the credentials are right", async () => {
    let apiKey = "glc_wrong";
    let reloads = 0;
    const destination = await startFakeGrafana();
    onTestFinished(() => destination.close());
    const { accept, invoke, drain, clock, deadLetters, count, queue } = createFlushStand({
      destinations: {
        candidates: () => [
          grafanaCloudDestination({ endpoint: destination.endpoint, instanceId: "123456", apiKey: secret(apiKey) }),
        ],
        refused: async () => {
          reloads += 1;
        },
      },
    });
    for (let at = 0; at < items.length; at += 10) await accept("traces", { names: items.slice(at, at + 10) });
    for (let minute = 0; minute < 120; minute++) {
      await invoke(5);
      clock.advance(60_000);
    }
    const attempts = destination.count();
    expect([queue.messages.size, deadLetters.messages.size]).toEqual([10, 0]);
    expect(count("destination.misconfigured")).toBe(attempts);
    expect(reloads).toBe(attempts);
    apiKey = "glc_test";
    expect(await drain()).toBe(true);
    const result = tally(items, { delivered: destination.delivered, parked: [], queued: [] });
    figures("wrongCredentialsParkNothing", { ...result, "attempts in two hours": attempts });
    expect(result).toEqual({ sent: 100, delivered: 100, parked: 0, queued: 0, lost: 0, duplicated: 0 });
    // One trial a minute, and no more.
    expect(attempts).toBeLessThanOrEqual(121);
  });

  it("delivers at once with the credentials that an early reload brings", async () => {
    let apiKey = "glc_old";
    const destination = await startFakeGrafana();
    onTestFinished(() => destination.close());
    const { accept, invoke, queue } = createFlushStand({
      destinations: {
        candidates: () => [
          grafanaCloudDestination({ endpoint: destination.endpoint, instanceId: "123456", apiKey: secret(apiKey) }),
        ],
        refused: async () => {
          apiKey = "glc_test";
        },
      },
    });
    await accept("traces", { names: items });
    expect(await invoke()).toBe("done");
    expect([queue.messages.size, destination.count()]).toEqual([0, 2]);
  });

  it.each([
    ["forbidden", { status: 403, message: "missing scope traces:write" }],
    ["a wrong path", { status: 404, body: "404 page not found" }],
    ["a wrong method", { status: 405 }],
  ])("parks nothing for %s either", async (_, behaviour) => {
    const { accept, invoke, destination, deadLetters, queue, count } = await start();
    destination.behave(() => behaviour);
    await accept("traces", { names: items });
    expect(await invoke()).toBe("failed");
    expect([queue.messages.size, deadLetters.messages.size, count("destination.misconfigured")]).toEqual([1, 0, 1]);
  });
});

describe("redirectIsNotDelivery", () => {
  it.each([301, 302, 303, 307, 308])("neither follows a %i nor takes it for success", async (status) => {
    const { accept, invoke, drain, destination, found, count, clock } = await start();
    let redirecting = true;
    destination.behave(() =>
      redirecting ? { status, headers: { location: `${destination.endpoint}/v1/traces` } } : undefined,
    );
    await accept("traces", { names: items });
    expect(await invoke()).toBe("failed");
    expect([destination.count(), count("destination.misconfigured"), count("export.delivered")]).toEqual([1, 1, 0]);
    redirecting = false;
    clock.advance(60_000);
    expect(await drain()).toBe(true);
    const result = tally(items, await found());
    figures(`redirectIsNotDelivery ${status}`, { ...result });
    expect(result).toMatchObject({ delivered: 100, lost: 0, duplicated: 0 });
  });
});
