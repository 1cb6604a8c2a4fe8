import { describe, expect, it } from "vitest";
import { grafanaCloudDestination } from "../../shared/config/destinations.ts";
import { isSameDestination } from "../../shared/delivery/destination.ts";
import { secret } from "../../shared/secret.ts";

const destination = (apiKey: string, endpoint = "http://x") =>
  grafanaCloudDestination({ endpoint, instanceId: "1", apiKey: secret(apiKey) });

describe("isSameDestination()", () => {
  it("compares what secrets hold", () => {
    expect(isSameDestination(destination("a"), destination("a"))).toBe(true);
    expect(isSameDestination(destination("a"), destination("b"))).toBe(false);
  });

  it.each([
    ["the address", destination("a", "http://y")],
    ["the auth", { ...destination("a"), auth: { kind: "none" } as const }],
    ["a header more", { ...destination("a"), headers: { "x-scope-orgid": "1" } }],
    ["TLS", { ...destination("a"), tls: { serverName: "y" } }],
  ])("is false where %s differs", (_, other) => {
    expect(isSameDestination(destination("a"), other)).toBe(false);
    expect(isSameDestination(other, destination("a"))).toBe(false);
  });
});
