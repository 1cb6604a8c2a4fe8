import { describe, expect, it } from "vitest";
import { fromUrlEvent, isUrlEvent, toUrlResult } from "../../../shared/aws/lambda/url-event.ts";

/** An event in payload format 2.0 with whatever is to be different. */
function event(given: object = {}): object {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: "/v1/traces",
    rawQueryString: "",
    headers: { "Content-Type": "application/json" },
    requestContext: { http: { method: "POST", path: "/v1/traces" }, stage: "$default" },
    body: "e30=",
    isBase64Encoded: true,
    ...given,
  };
}

function inStage(stage: string, rawPath: string): object {
  return event({ rawPath, requestContext: { http: { method: "POST" }, stage } });
}

describe("isUrlEvent()", () => {
  it.each<[string, unknown, boolean]>([
    ["a function URL's event", event(), true],
    ["another version", event({ version: "1.0" }), false],
    ["an ALB event", { requestContext: { elb: {} }, httpMethod: "POST" }, false],
    ["null", null, false],
    ["nothing", undefined, false],
    ["no context", { version: "2.0" }, false],
  ])("tells %s", (_, given, is) => {
    expect(isUrlEvent(given)).toBe(is);
  });
});

describe("fromUrlEvent()", () => {
  it("tells the address of the client, and whom AWS has let in", () => {
    const userArn = "arn:aws:sts::123456789012:assumed-role/checkout/x";
    const http = { method: "POST", path: "/v1/traces", sourceIp: "192.0.2.7" };
    const requestContext = { http, stage: "$default", authorizer: { iam: { userArn, accountId: "123456789012" } } };
    expect(fromUrlEvent(event({ requestContext }))).toMatchObject({
      request: { clientAddress: "192.0.2.7", principal: userArn },
    });
    const odd = { http: { ...http, sourceIp: 7 }, authorizer: { iam: { userArn: null }, jwt: { claims: {} } } };
    const told = fromUrlEvent(event({ requestContext: odd }));
    expect(Object.keys(told.kind === "request" ? told.request : {})).toEqual(["method", "path", "headers", "body"]);
  });

  it("reads method, path, headers and body", () => {
    expect(fromUrlEvent(event())).toEqual({
      kind: "request",
      request: {
        method: "POST",
        path: "/v1/traces",
        headers: { "content-type": "application/json" },
        body: Buffer.from("{}"),
      },
    });
  });

  it.each([
    ["prod", "/prod/v1/traces", "/v1/traces"],
    ["prod", "/product/v1/traces", "/product/v1/traces"],
    ["$default", "/v1/traces", "/v1/traces"],
    ["", "//v1/traces", "//v1/traces"],
  ])("takes the stage %o off %s", (stage, rawPath, path) => {
    expect(fromUrlEvent(inStage(stage, rawPath))).toMatchObject({ request: { path } });
  });

  it.each<[string, unknown]>([
    ["no path", event({ rawPath: undefined })],
    ["no method", event({ requestContext: { http: {} } })],
    ["no context", event({ requestContext: null })],
    ["a damaged body", event({ body: "e3*0=" })],
    ["null", null],
  ])("cannot read an event with %s, and says so", (_, given) => {
    expect(fromUrlEvent(given)).toEqual({ kind: "unreadable", message: expect.any(String) });
  });

  it("reads an event without headers and body", () => {
    const bare = event({ headers: undefined, body: undefined, isBase64Encoded: undefined });
    expect(fromUrlEvent(bare)).toMatchObject({ request: { headers: {}, body: new Uint8Array() } });
  });
});

describe("toUrlResult()", () => {
  it("writes protobuf in base64", () => {
    const headers = { "content-type": "application/x-protobuf", "retry-after": "5" };
    expect(toUrlResult({ status: 503, headers, body: Buffer.from("080e", "hex") })).toEqual({
      statusCode: 503,
      headers,
      body: "CA4=",
      isBase64Encoded: true,
    });
  });
});
