import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { type SignalName, signalNames } from "../../shared/signal.ts";
import { exportWithSdk } from "../support/clients/sdk-exporters.ts";
import { type FakeGrafana, startFakeGrafana } from "../support/destination/fake-grafana.ts";
import { exportingTo, startStack } from "../support/local/stack.ts";
import { corpusCase } from "../support/otlp/corpus.ts";
import { oracle } from "../support/otlp/oracle.ts";

const ways = (["protobuf", "json"] as const).flatMap((encoding) =>
  (["gzip", "none"] as const).map((compression) => ({ encoding, compression })),
);

/** The resources of requests, in an order that does not depend on how they were merged. */
function resourcesOf(bodies: readonly Uint8Array[], signal: SignalName): readonly unknown[] {
  const codec = oracle[signal];
  // Defaults, because a zero that is written and one that is left out are the same value (proto3, "Field Presence").
  const options = { longs: String, bytes: String, defaults: true };
  const resources = bodies.flatMap((body) => Object.values(codec.toObject(codec.decode(body), options)).flat());
  return resources.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Waits for what a `send` brings to the destination and compares all of it with what was sent. */
async function arrivesIdentical(grafana: FakeGrafana, signal: SignalName, send: () => Promise<Uint8Array>) {
  const before = grafana.requests.length;
  const sent = resourcesOf([await send()], signal);
  const arrived = () =>
    resourcesOf(
      grafana.requests.slice(before).map(({ body }) => body),
      signal,
    );
  await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(sent.length);
  expect(arrived()).toEqual(sent);
}

describe("the stack in front of Grafana Cloud", () => {
  it("delivers what the SDKs' exporters send, item by item as it was", async () => {
    const grafana = await startFakeGrafana();
    onTestFinished(() => grafana.close());
    const stack = await startStack({ env: exportingTo(grafana) });
    for (const signal of signalNames) {
      for (const way of ways) {
        await arrivesIdentical(grafana, signal, () => exportWithSdk(signal, { endpoint: stack.http, ...way }));
      }
    }
    expect(grafana.complaints).toEqual([]);
  });

  it("delivers every kind of attribute, event, link, exemplar and data point, of several resources, as it was", async () => {
    const grafana = await startFakeGrafana();
    onTestFinished(() => grafana.close());
    const stack = await startStack({ env: exportingTo(grafana) });
    for (const signal of signalNames) {
      const recorded = await corpusCase(signal, "typical");
      for (const { encoding, compression } of ways) {
        await arrivesIdentical(grafana, signal, async () => {
          const body = compression === "gzip" ? gzipSync(recorded[encoding]) : recorded[encoding];
          const headers = {
            "content-type": encoding === "json" ? "application/json" : "application/x-protobuf",
            ...(compression === "gzip" && { "content-encoding": "gzip" }),
          };
          const response = await fetch(`${stack.http}${signals[signal].path}`, {
            method: "POST",
            headers,
            body: Buffer.from(body),
          });
          expect([response.status, await response.text()]).toEqual([200, encoding === "json" ? "{}" : ""]);
          return recorded.protobuf;
        });
      }
    }
    expect(grafana.complaints).toEqual([]);
  });
});
