import { describe, expect, it } from "vitest";
import { request } from "../../../shared/exporters/otlp-http/request.ts";

const body = new Uint8Array([1]);
const payload = { format: "otlp/traces", encoding: "gzip", body } as const;

describe("request()", () => {
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
    expect(request(payload, endpoint).url).toBe(url);
  });

  it("leaves what is not a URL to the transport, which says so", () => {
    expect(request({ ...payload, format: "otlp/logs" }, "otlp").url).toBe("otlp");
  });

  it("names the content exactly as Grafana's backends compare it", () => {
    const gzip = request(payload, "http://x");
    expect(gzip.headers).toEqual({ "content-type": "application/x-protobuf", "content-encoding": "gzip" });
    expect(gzip.body).toBe(body);
    const identity = request({ ...payload, encoding: "identity" }, "http://x");
    expect(identity.headers).not.toHaveProperty("content-encoding");
  });
});
