import { describe, expect, it } from "vitest";
import { grafanaCloudDestination } from "../../shared/config/destinations.ts";
import type { Exporter } from "../../shared/delivery/exporter.ts";
import { createSend } from "../../shared/delivery/send.ts";
import type { ExportRequest } from "../../shared/delivery/transport.ts";
import { otlpHttpExporter } from "../../shared/exporters/otlp-http/exporter.ts";
import { secret } from "../../shared/secret.ts";
import { createManualClock } from "../support/manual-clock.ts";

const body = new Uint8Array([1]);
const given = { destination: "grafana-cloud", format: "otlp/logs", encoding: "gzip", body, timeoutMs: 1000 } as const;

/** A destination that takes the keys in `valid`; a reload brings `after`. */
function stand(keys: {
  readonly before: readonly string[];
  readonly after?: readonly string[];
  readonly valid: readonly string[];
}) {
  const requests: ExportRequest[] = [];
  let current = keys.before;
  let reloads = 0;
  const send = createSend({
    destinations: {
      candidates: () =>
        current.map((key) =>
          grafanaCloudDestination({ endpoint: "http://x/otlp", instanceId: "1", apiKey: secret(key) }),
        ),
      refused: async () => {
        reloads += 1;
        current = keys.after ?? current;
      },
    },
    transport: {
      post: async (request) => {
        requests.push(request);
        const known = keys.valid.map((key) => `Basic ${Buffer.from(`1:${key}`).toString("base64")}`);
        const status = known.includes(request.headers.authorization ?? "") ? 200 : 401;
        return { kind: "answered", status, headers: {}, body: new Uint8Array() };
      },
    },
    clock: createManualClock(),
    userAgent: "Sluice/1",
  });
  return { send, requests, reloads: () => reloads };
}

describe("createSend()", () => {
  it("ends by its deadline, however many credentials it tries", async () => {
    const clock = createManualClock();
    const timeouts: number[] = [];
    const send = createSend({
      destinations: {
        candidates: () =>
          ["new", "old"].map((key) =>
            grafanaCloudDestination({ endpoint: "http://x/otlp", instanceId: "1", apiKey: secret(key) }),
          ),
        refused: () => new Promise(() => {}),
      },
      transport: {
        async post(_, { timeoutMs }) {
          timeouts.push(timeoutMs);
          clock.advance(600);
          return { kind: "answered", status: 401, headers: {}, body: new Uint8Array() };
        },
      },
      clock,
      userAgent: "Sluice/1",
    });
    expect(await send(given)).toMatchObject({ kind: "misconfigured", status: 401 });
    expect(timeouts).toEqual([1000, 400]);
  });

  it("does not wait longer than its deadline for settings that are read again", async () => {
    const clock = createManualClock();
    const startedAt = clock.now();
    const destination = grafanaCloudDestination({ endpoint: "http://x/otlp", instanceId: "1", apiKey: secret("a") });
    const send = createSend({
      destinations: { candidates: () => [destination], refused: () => new Promise(() => {}) },
      transport: { post: async () => ({ kind: "answered", status: 403, headers: {}, body: new Uint8Array() }) },
      clock,
      userAgent: "Sluice/1",
    });
    expect(await send(given)).toMatchObject({ kind: "misconfigured", status: 403 });
    expect(clock.now() - startedAt).toBe(1000);
  });

  it("posts the body to the signal's URL", async () => {
    const { send, requests } = stand({ before: ["a"], valid: ["a"] });
    expect(await send(given)).toEqual({ kind: "delivered", rejected: 0 });
    expect(requests).toMatchObject([{ url: "http://x/otlp/v1/logs", body, headers: { "content-encoding": "gzip" } }]);
  });

  it("tries the credentials that worked before while the new ones are refused", async () => {
    const { send, requests } = stand({ before: ["new", "old"], valid: ["old"] });
    expect(await send(given)).toMatchObject({ kind: "delivered" });
    expect(requests).toHaveLength(2);
  });

  it("reads the configuration again when all are refused, and goes on with what is new in it", async () => {
    const { send, requests, reloads } = stand({ before: ["old"], after: ["new"], valid: ["new"] });
    expect(await send(given)).toMatchObject({ kind: "delivered" });
    expect([requests.length, reloads()]).toEqual([2, 1]);
  });

  it("gives up after a few candidates and says what the first of them was told", async () => {
    const { send, requests, reloads } = stand({ before: ["a"], after: ["b", "c", "d", "e"], valid: [] });
    expect(await send(given)).toMatchObject({ kind: "misconfigured", status: 401 });
    expect([requests.length, reloads()]).toEqual([3, 1]);
  });

  it("does not repeat credentials that were just refused", async () => {
    const { send, requests, reloads } = stand({ before: ["a"], valid: [] });
    expect(await send(given)).toMatchObject({ kind: "misconfigured", status: 401 });
    expect([requests.length, reloads()]).toEqual([1, 1]);
  });

  it("keeps a format that the destination does not speak, and says so", async () => {
    const { send, requests } = stand({ before: ["a"], valid: ["a"] });
    const message = "grafana-cloud is a destination for otlp/traces, otlp/metrics, otlp/logs, not for loki/push";
    expect(await send({ ...given, format: "loki/push" })).toEqual({ kind: "misconfigured", status: 0, message });
    expect(requests).toEqual([]);
  });

  it("lets batches for an unknown destination wait", async () => {
    const { send } = stand({ before: [], valid: [] });
    const message = "no destination named grafana-cloud is configured";
    expect(await send(given)).toEqual({ kind: "misconfigured", status: 0, message });
  });
});

describe("createSend() to a receiver that may not know the message", () => {
  const older: Exporter = { ...otlpHttpExporter, protocol: "older", request: (_, url) => requestOf("older", url) };
  const newer: Exporter = {
    ...otlpHttpExporter,
    protocol: "newer",
    request: (_, url) => requestOf("newer", url),
    fallback: { to: older, isDue: (answer) => answer.kind === "answered" && answer.status === 415 },
  };

  function requestOf(protocol: string, url: string): ExportRequest {
    return { url, headers: { protocol }, body };
  }

  function receiver(...statuses: readonly number[]) {
    const sent: string[] = [];
    const left = [...statuses];
    const destination = { name: "d", endpoint: "http://x", auth: { kind: "none" }, exporter: newer } as const;
    const send = createSend({
      destinations: { candidates: () => [destination], refused: async () => {} },
      transport: {
        async post({ headers }) {
          sent.push(headers.protocol ?? "");
          return { kind: "answered", status: left.shift() ?? 200, headers: {}, body: new Uint8Array() };
        },
      },
      clock: createManualClock(),
      userAgent: "Sluice/1",
    });
    return { sent, send: () => send({ ...given, destination: "d" }) };
  }

  it("sends what it knows in place of it, says so once, and remembers it", async () => {
    const { send, sent } = receiver(415, 200, 200);
    expect(await send()).toMatchObject({ kind: "delivered", message: expect.stringContaining("does not know newer") });
    const again = await send();
    expect(again).toEqual({ kind: "delivered", rejected: 0 });
    expect(sent).toEqual(["newer", "older", "older"]);
  });

  it("goes by the first answer where the older message is refused too", async () => {
    const { send, sent } = receiver(415, 400, 200);
    expect(await send()).toMatchObject({ kind: "misconfigured", status: 415 });
    expect(await send()).toMatchObject({ kind: "delivered" });
    expect(sent).toEqual(["newer", "older", "newer"]);
  });

  it("never changes once the newer one was taken", async () => {
    const { send, sent } = receiver(200, 415);
    await send();
    expect(await send()).toMatchObject({ kind: "misconfigured", status: 415 });
    expect(sent).toEqual(["newer", "newer"]);
  });
});
