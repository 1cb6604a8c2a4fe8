import { describe, expect, it } from "vitest";
import { checkHealth, createHealth, watchedHealth } from "../../shared/grpc/health.ts";
import { otlpServices } from "../../shared/otlp/signals.ts";

const naming = (service: string) => Uint8Array.of(0x0a, service.length, ...Buffer.from(service));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const exportServices = ["trace.v1.TraceService", "metrics.v1.MetricsService", "logs.v1.LogsService"];
const known = ["", ...exportServices.map((name) => `opentelemetry.proto.collector.${name}`)];

describe("checkHealth()", () => {
  it.each(known)("answers SERVING for %j while serving, NOT_SERVING otherwise", (service) => {
    const health = createHealth(otlpServices);
    const check = () => checkHealth(naming(service), health);
    expect(check()).toEqual({ kind: "response", message: Uint8Array.of(8, 2) });
    health.set(true);
    expect(check()).toEqual({ kind: "response", message: Uint8Array.of(8, 1) });
  });

  it("takes an empty request for the whole server", () => {
    const health = createHealth(otlpServices);
    health.set(true);
    expect(checkHealth(new Uint8Array(0), health)).toMatchObject({ kind: "response" });
  });

  it("does not find an unknown service", () => {
    expect(checkHealth(naming("nobody"), createHealth(otlpServices))).toMatchObject({
      kind: "refused",
      status: { code: 5 },
    });
  });

  it.each(["0a", "0a05", "0a0141ff", "12", "ff"])("refuses the malformed request %s", (bytes) => {
    const checked = checkHealth(Buffer.from(bytes, "hex"), createHealth(otlpServices));
    expect(checked).toMatchObject({ kind: "refused", status: { code: 3 } });
  });
});

describe("watchedHealth()", () => {
  it("says SERVICE_UNKNOWN for an unknown service", () => {
    expect(hex(watchedHealth(naming("nobody"), createHealth(otlpServices)))).toBe("0803");
  });
});

describe("createHealth(otlpServices)", () => {
  it("tells watchers about changes and about nothing else", () => {
    const health = createHealth(otlpServices);
    const seen: boolean[] = [];
    const unwatch = health.watch(() => seen.push(health.serving()));
    for (const serving of [false, true, true, false]) health.set(serving);
    unwatch();
    health.set(true);
    expect(seen).toEqual([true, false]);
  });
});
