import { afterEach, describe, expect, it } from "vitest";
import type { TransportAnswer } from "../../shared/delivery/transport.ts";
import { createHttpTransport } from "../../shared/node/http-client/http-transport.ts";
import { figures, tally } from "../support/cli/figures.ts";
import { type Behaviour, type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { countingTransport, createFlushStand } from "../support/flush/flush-stand.ts";

let grafana: FakeGrafana | undefined;
afterEach(() => grafana?.close());

interface Outage {
  /** What the destination does; undefined: nobody listens. */
  readonly behaviour: Behaviour | undefined;
  /**
   * Most requests that one environment of the function may spend on half an hour of it. What has waited for ten minutes is looked
   * into in more places, so that a good record among bad ones is found within the hour.
   */
  readonly maxRequests: number;
}

const outages: Readonly<Record<string, Outage>> = {
  "connection refused": { behaviour: undefined, maxRequests: 80 },
  "connection reset": { behaviour: { reset: true }, maxRequests: 80 },
  hanging: { behaviour: { hang: true }, maxRequests: 80 },
  "503": { behaviour: { status: 503, message: "upstream gone" }, maxRequests: 80 },
  "502 with a web page": { behaviour: { status: 502, body: "<html>Bad Gateway</html>" }, maxRequests: 80 },
  "429 storm with Retry-After": { behaviour: { status: 429, headers: { "retry-after": "60" } }, maxRequests: 80 },
};

describe("outageLosesNothing", () => {
  it.each(Object.entries(outages))("%s", { timeout: 60_000 }, async (name, { behaviour, maxRequests }) => {
    const destination = await startFakeGrafana();
    grafana = destination;
    let isDown = true;
    let attempts = 0;
    const http = createHttpTransport();
    destination.behave(() => (isDown && behaviour) || undefined);
    const stand = createFlushStand({
      endpoint: destination.endpoint,
      transport: {
        post(request, options) {
          attempts += 1;
          const url = isDown && !behaviour ? "http://127.0.0.1:9/otlp/v1/traces" : request.url;
          // Short while nobody answers; afterwards a slow machine must not look like an outage.
          return http.post({ ...request, url }, { ...options, timeoutMs: isDown ? 40 : 10_000 });
        },
      },
    });
    const { accept, invoke, drain, clock, deadLetters, queue } = stand;

    // Half an hour of outage under load: every ten seconds another batch, and the mapping goes on asking.
    const items: string[] = [];
    let mostInFlight = 0;
    for (let step = 0; step < 180; step++) {
      const names = Array.from({ length: 5 }, (_, index) => `item-${step}-${index}`);
      items.push(...names);
      await accept("traces", { names });
      await invoke(10);
      mostInFlight = Math.max(mostInFlight, queue.inFlight());
      clock.advance(10_000);
    }
    const during = attempts;
    const receives = Math.max(...[...queue.messages.values()].map(({ receiveCount }) => receiveCount));
    expect([queue.messages.size, deadLetters.messages.size]).toEqual([180, 0]);

    isDown = false;
    const recoveryAt = clock.now();
    expect(await drain({ max: 10 })).toBe(true);
    const recovery = Math.round((clock.now() - recoveryAt) / 1000);
    const result = tally(items, { delivered: destination.delivered, parked: await stand.parkedItems(), queued: [] });
    figures(`outageLosesNothing ${name}`, {
      ...result,
      "attempts while down": during,
      "most receives": receives,
      "recovery s": recovery,
    });
    expect(result).toEqual({ sent: 900, delivered: 900, parked: 0, queued: 0, lost: 0, duplicated: 0 });
    expect(during).toBeLessThanOrEqual(maxRequests);
    // The longest delay of a batch, after the longest pause between two trials.
    expect(recovery).toBeLessThanOrEqual(300 + 60);
  });

  it("recovers oldest first, as far as SQS hands it out", async () => {
    const destination = await startFakeGrafana();
    grafana = destination;
    const { accept, invoke, clock } = createFlushStand({
      endpoint: destination.endpoint,
      maxExportItems: 1,
      concurrency: 1,
    });
    for (let batch = 0; batch < 20; batch++) {
      await accept("traces", { names: [`${batch}`.padStart(2, "0")] });
      clock.advance(1000);
    }
    await invoke(20);
    const order = destination.requests.map(({ items }) => items[0]);
    expect(order).toEqual([...order].sort());
  });
});

describe("a simulated outage of 10 minutes at 100 batches a second", () => {
  it("costs the destination a handful of requests, and the queue's room for messages in flight lasts", {
    timeout: 120_000,
  }, async () => {
    const down: TransportAnswer = { kind: "answered", status: 503, headers: {}, body: new Uint8Array() };
    const up: TransportAnswer = { ...down, status: 200 };
    let isDown = true;
    const transport = countingTransport(() => (isDown ? down : up));
    const environments = 10;
    const { queue, clock, invoke, accept, drain, deadLetters } = createFlushStand({ transport, environments });
    await accept("traces", { names: ["a"] });
    const [sample] = [...queue.messages.values()];
    const bodies = Array.from({ length: 100 }, () => sample?.body ?? "");

    // A mapping that starts with all its environments and falls back to one while they fail (Lambda guide, "Error handling").
    let concurrency = environments;
    let naive = 0;
    let backlog = 0;
    let mostInFlight = 0;
    for (let second = 0; second < 600; second++) {
      await queue.send(bodies);
      backlog += bodies.length;
      // The naive one sends what it receives, and what fails is visible again at once: 10 × 100 messages each second.
      naive += Math.min(backlog, environments * 100);
      for (let at = 0; at < concurrency; at++) {
        if ((await invoke(100)) === "failed") concurrency = Math.max(1, concurrency - 1);
      }
      mostInFlight = Math.max(mostInFlight, queue.inFlight());
      clock.advance(1000);
    }
    const spent = transport.count();
    isDown = false;
    const recoveryAt = clock.now();
    expect(await drain({ max: 1000 })).toBe(true);
    const recovery = Math.round((clock.now() - recoveryAt) / 1000);
    figures("10-minute outage at 100 batches/s", {
      batches: 60_001,
      "requests while down": spent,
      "requests of an immediate retry": naive,
      "most in flight": mostInFlight,
      "recovery s": recovery,
      parked: deadLetters.messages.size,
    });
    expect(spent).toBeLessThanOrEqual(environments * 30);
    expect(naive / spent).toBeGreaterThan(1000);
    expect(mostInFlight).toBeLessThan(120_000);
    expect([queue.messages.size, deadLetters.messages.size]).toEqual([0, 0]);
  });
});
