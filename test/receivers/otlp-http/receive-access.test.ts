import { describe, expect, it } from "vitest";
import type { HttpRequest } from "../../../shared/http/message.ts";
import { decodeStatus } from "../../../shared/rpc/status.ts";
import { secret } from "../../../shared/secret.ts";
import { request, setUpReceive as setUp } from "../../support/destination/receiver.ts";

describe("createReceive(), with bearer tokens", () => {
  const auth = () => [secret("first"), secret("second")];

  it.each(["Bearer first", "Bearer second", "bearer second", "Bearer  first "])("lets %o in", async (authorization) => {
    const { receive } = setUp({ auth });
    const answer = await receive(request({ headers: { ...request().headers, authorization } }));
    expect(answer.status).toBe(200);
  });

  it.each([
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer third",
    "Bearer firs",
    "Bearer first second",
    "Basic first",
    "first",
  ])("answers %o with 401", async (authorization) => {
    const { receive, received, events } = setUp({ auth });
    const headers = { ...request().headers, ...(authorization !== undefined && { authorization }) };
    const answer = await receive(request({ headers }));
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="sluice"');
    expect(decodeStatus(answer.body, "protobuf")?.code).toBe(16);
    expect(received).toEqual([]);
    expect(JSON.stringify(events)).not.toMatch(/first|second|third/);
  });

  it("lets nobody in without a token where an empty one is set", async () => {
    const { receive } = setUp({ auth: () => [secret("")] });
    expect((await receive(request())).status).toBe(401);
  });

  it("asks for no token while none is set, and for the new one as soon as it is", async () => {
    let tokens = [] as ReturnType<typeof secret>[];
    const { receive } = setUp({ auth: () => tokens });
    expect((await receive(request())).status).toBe(200);
    tokens = [secret("new")];
    expect((await receive(request())).status).toBe(401);
  });
});

describe("createReceive(), with CORS", () => {
  const cors = { origins: ["https://app.example.com", "https://*.example.org"] };

  function preflight(origin: string, more: Record<string, string> = {}): HttpRequest {
    const headers = { origin, "access-control-request-method": "POST", ...more };
    return { method: "OPTIONS", path: "/v1/traces", headers, body: new Uint8Array() };
  }

  it.each(["https://app.example.com", "https://a.example.org", "https://a.b.example.org"])(
    "answers a preflight of %s with 204",
    async (origin) => {
      const { receive, received } = setUp({ cors, auth: () => [secret("token")] });
      const answer = await receive(preflight(origin, { "access-control-request-headers": "authorization,x-team" }));
      expect(answer.status).toBe(204);
      expect(answer.body.length).toBe(0);
      expect(answer.headers).toEqual({
        "access-control-allow-origin": origin,
        // Without it, pages may not use navigator.sendBeacon.
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "authorization,x-team",
        "access-control-max-age": "7200",
        vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
      });
      expect(received).toEqual([]);
    },
  );

  it.each([
    "https://evil.com",
    "http://app.example.com",
    "https://app.example.com.evil.com",
    "https://example.org",
    "https://.example.org",
    "https://evil.com/.example.org",
    "null",
    "",
  ])("refuses a preflight of %o", async (origin) => {
    const { receive } = setUp({ cors });
    const answer = await receive(preflight(origin));
    expect(answer.status).toBe(403);
    expect(Buffer.from(answer.body).toString()).toContain("SLUICE_CORS_ORIGINS");
    expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
  });

  it.each(["/v1/traces", "/x"])("judges a request to %s by its head, before its body", async (path) => {
    const { receive } = setUp({ cors, auth: () => [secret("token")] });
    const head = { ...request({ path }), headers: { ...request().headers, origin: "https://app.example.com" } };
    expect(receive.admit(head)).toMatchObject({
      status: path === "/x" ? 404 : 401,
      headers: { "access-control-allow-origin": "https://app.example.com" },
    });
    const known = { ...head, headers: { ...head.headers, authorization: "Bearer token" } };
    expect(receive.admit({ ...known, path: "/v1/traces" })).toBeUndefined();
    expect(receive.admit(preflight("https://app.example.com"))).toBeUndefined();
  });

  it("lets the page read every answer, refusals too", async () => {
    const { receive } = setUp({ cors });
    const headers = { ...request().headers, origin: "https://app.example.com" };
    for (const given of [{ headers }, { headers, path: "/x" }]) {
      expect((await receive(request(given))).headers).toMatchObject({
        "access-control-allow-origin": "https://app.example.com",
        "access-control-expose-headers": "Retry-After",
        vary: "Origin",
      });
    }
  });

  it("says nothing of origins to other origins, and takes their requests", async () => {
    const { receive } = setUp({ cors });
    const answer = await receive(request({ headers: { ...request().headers, origin: "https://evil.com" } }));
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.headers)).toEqual(["content-type", "vary"]);
  });

  it("lets any origin in where * is set, and no header list in that is none", async () => {
    const { receive } = setUp({ cors: { origins: ["*"] } });
    const answer = await receive(preflight("https://x.y", { "access-control-request-headers": "a\r\nset-cookie: b" }));
    expect(answer.headers["access-control-allow-origin"]).toBe("https://x.y");
    expect(answer.headers["access-control-allow-headers"]).toBe("content-type, content-encoding, authorization");
  });

  it("does not echo a header list without bounds", async () => {
    const { receive } = setUp({ cors });
    const requested = { "access-control-request-headers": "x".repeat(1025) };
    const answer = await receive(preflight("https://app.example.com", requested));
    expect(answer.headers["access-control-allow-headers"]).toBe("content-type, content-encoding, authorization");
  });
});
