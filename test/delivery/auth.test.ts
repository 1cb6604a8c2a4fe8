import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Auth, authorizeAtHand } from "../../shared/delivery/auth.ts";
import { secret } from "../../shared/secret.ts";

const request = { url: "http://x", headers: { "user-agent": "Sluice/1" }, body: new Uint8Array() };

describe("authorizeAtHand()", () => {
  it.each([
    ["none", { kind: "none" }, {}],
    [
      "Basic, in UTF-8",
      { kind: "basic", username: "123456", password: secret("glc_a:ü=") },
      { authorization: `Basic ${Buffer.from("123456:glc_a:ü=").toString("base64")}` },
    ],
    ["a bearer token", { kind: "bearer", token: secret("t") }, { authorization: "Bearer t" }],
    ["headers of their own", { kind: "headers", headers: { "x-key": secret("k") } }, { "x-key": "k" }],
  ] satisfies [string, Auth, Record<string, string>][])("knows %s", async (_, auth, added) => {
    const headers = { "user-agent": "Sluice/1", ...added };
    expect(await authorizeAtHand(request, auth)).toEqual({ kind: "authorized", request: { ...request, headers } });
  });

  it("says what it cannot do, and that waiting does not help", async () => {
    const sigv4: Auth = { kind: "sigv4", region: "eu-west-2", service: "aps" };
    expect(await authorizeAtHand(request, sigv4)).toMatchObject({ kind: "failed", permanent: true });
  });

  it("shows a secret nowhere but in the headers", () => {
    const auth: Auth = { kind: "basic", username: "1", password: secret("glc_") };
    expect(JSON.stringify(auth) + inspect(auth)).not.toContain("glc_");
  });
});
