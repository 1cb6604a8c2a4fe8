import { describe, expect, it } from "vitest";
import { foreignRequest } from "../../shared/http/same-origin.ts";

describe("foreignRequest()", () => {
  it.each([
    ["GET", { host: "127.0.0.1:12345" }],
    ["POST", { host: "localhost:12345" }],
    ["POST", { host: "[::1]:12345", origin: "http://[::1]:12345" }],
    ["POST", { host: "10.0.0.7:12345" }],
    ["POST", { host: "localhost:12345", "sec-fetch-site": "same-origin", origin: "http://localhost:12345" }],
    ["GET", { host: "localhost:12345", "sec-fetch-site": "cross-site" }],
  ])("lets %s with %j pass", (method, headers) => {
    expect(foreignRequest({ method, headers }, "127.0.0.1")).toBeUndefined();
  });

  it.each([
    ["GET", { host: "evil.example:12345" }],
    ["GET", {}],
    ["POST", { host: "localhost:12345", origin: "https://evil.example" }],
    ["POST", { host: "localhost:12345", origin: "null" }],
    ["GET", { host: "localhost:12345", origin: "http://localhost:3000" }],
    ["POST", { host: "localhost:12345", "sec-fetch-site": "cross-site" }],
    ["POST", { host: "localhost:12345", "sec-fetch-site": "same-site" }],
  ])("refuses %s with %j", (method, headers) => {
    expect(foreignRequest({ method, headers }, "127.0.0.1")).toBeTypeOf("string");
  });

  it("takes any name where probes and services have names of their own, and still no foreign page", () => {
    const headers = { host: "alloy.monitoring.svc.cluster.local:12345" };
    expect(foreignRequest({ method: "POST", headers }, "0.0.0.0")).toBeUndefined();
    expect(
      foreignRequest({ method: "POST", headers: { ...headers, origin: "https://evil.example" } }, "0.0.0.0"),
    ).toBeTypeOf("string");
  });
});
