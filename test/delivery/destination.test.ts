import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { exportHeaders, exportUrl } from "../../shared/delivery/destination.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { secret } from "../../shared/secret.ts";

describe("exportUrl()", () => {
  it.each([
    [
      "https://otlp-gateway-prod-gb-south-0.grafana.net/otlp",
      "https://otlp-gateway-prod-gb-south-0.grafana.net/otlp/v1/traces",
    ],
    [
      "https://otlp-gateway-prod-gb-south-0.grafana.net/otlp/",
      "https://otlp-gateway-prod-gb-south-0.grafana.net/otlp/v1/traces",
    ],
    ["https://host.example.com", "https://host.example.com/v1/traces"],
    ["http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"],
    ["https://host.example.com:8443/a/b//", "https://host.example.com:8443/a/b/v1/traces"],
    ["https://host.example.com/otlp?tenant=a%20b", "https://host.example.com/otlp/v1/traces?tenant=a%20b"],
  ])("appends the signal's path to %s", (endpoint, url) => {
    expect(exportUrl(endpoint, signals.traces)).toBe(url);
  });

  it("leaves what is no URL to the transport, which says so", () => {
    expect(exportUrl("otlp", signals.logs)).toBe("otlp");
  });
});

describe("exportHeaders()", () => {
  const destination = {
    name: "grafana-cloud",
    endpoint: "https://x",
    instanceId: "123456",
    apiKey: secret("glc_a:ü="),
  };

  it("names the content exactly as Grafana's backends compare it", () => {
    expect(exportHeaders(destination, "gzip", "Sluice/1")).toEqual({
      "content-type": "application/x-protobuf",
      "content-encoding": "gzip",
      "user-agent": "Sluice/1",
      authorization: `Basic ${Buffer.from("123456:glc_a:ü=").toString("base64")}`,
    });
    expect(exportHeaders(destination, "identity", "Sluice/1")).not.toHaveProperty("content-encoding");
  });

  it("shows the key nowhere but in the Authorization header", () => {
    const { authorization: _, ...others } = exportHeaders(destination, "gzip", "Sluice/1");
    expect(JSON.stringify([others, destination]) + inspect(destination)).not.toContain("glc_");
  });
});
