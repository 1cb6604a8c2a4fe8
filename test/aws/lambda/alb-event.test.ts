import { describe, expect, it } from "vitest";
import { fromAlbEvent, toAlbResult } from "../../../shared/aws/lambda/alb-event.ts";
import { oneSpan } from "../../support/otlp/cases/bodies.ts";

/** The event of the ELB guide's example, cut to what matters, with whatever is to be different. */
function event(given: object = {}): object {
  return {
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/x/1" } },
    httpMethod: "POST",
    path: "/v1/traces",
    queryStringParameters: {},
    headers: { "content-type": "application/x-protobuf", host: "sluice.internal" },
    body: oneSpan.toString("base64"),
    isBase64Encoded: true,
    ...given,
  };
}

describe("fromAlbEvent()", () => {
  it.each([
    ["10.0.0.7", "10.0.0.7"],
    ["203.0.113.9, 10.0.0.7", "10.0.0.7"],
    ["10.0.0.7:51234", "10.0.0.7"],
    ["fd00::7", "fd00::7"],
    ["[fd00::7]:51234", "fd00::7"],
    ["10.0.0.7, <script>", undefined],
    ["", undefined],
  ])("finds in X-Forwarded-For %o the address that the load balancer saw", (forwarded, address) => {
    for (const mode of [
      { headers: { "X-Forwarded-For": forwarded } },
      { multiValueHeaders: { "x-forwarded-for": [forwarded] } },
    ]) {
      const carried = fromAlbEvent(event(mode));
      expect(carried.kind === "request" && carried.request.clientAddress).toBe(address);
    }
  });

  it("reads method, path, headers and the body in base64", () => {
    expect(fromAlbEvent(event())).toEqual({
      kind: "request",
      request: {
        method: "POST",
        path: "/v1/traces",
        headers: { "content-type": "application/x-protobuf", host: "sluice.internal" },
        body: oneSpan,
      },
    });
  });

  it.each<[string, object, Record<string, string>]>([
    ["names in any case", { headers: { "Content-TYPE": "a" } }, { "content-type": "a" }],
    ["the same name in two cases", { headers: { "Content-Type": "a", "content-type": "b" } }, { "content-type": "a" }],
    [
      "a name that objects have",
      { headers: JSON.parse('{"__proto__":"a","constructor":"b"}') },
      JSON.parse('{"__proto__":"a","constructor":"b"}'),
    ],
    ["values that are not strings", { headers: { a: 1, b: null, c: ["d"], e: {} } }, { c: "d" }],
    ["no headers", { headers: undefined }, {}],
    ["null for headers", { headers: null, multiValueHeaders: null }, {}],
    ["text for headers", { headers: "x" }, {}],
    ["several values", { headers: undefined, multiValueHeaders: { accept: ["a", "b"] } }, { accept: "a, b" }],
    ["several content types", { multiValueHeaders: { "content-type": ["a", "b"] } }, { "content-type": "a" }],
    [
      "several content encodings",
      { multiValueHeaders: { "content-encoding": ["gzip", "br"] } },
      { "content-encoding": "gzip, br" },
    ],
    ["several origins", { multiValueHeaders: { origin: ["a", "b"] } }, { origin: "a" }],
    ["several authorizations", { multiValueHeaders: { authorization: ["a", "b"] } }, { authorization: "a" }],
    ["several user agents", { multiValueHeaders: { "user-agent": ["a", "b"] } }, { "user-agent": "a" }],
    ["no values", { multiValueHeaders: { a: [], b: [1] } }, {}],
  ])("reads headers: %s", (_, given, headers) => {
    expect(fromAlbEvent(event(given))).toMatchObject({ kind: "request", request: { headers } });
    const carried = fromAlbEvent(event(given));
    expect(carried.kind === "request" && carried.request.headers).toEqual(headers);
  });

  it.each<[string, object, string]>([
    ["text", { body: '{"a":"ü"}', isBase64Encoded: false }, '{"a":"ü"}'],
    ["null", { body: null, isBase64Encoded: false }, ""],
    ["nothing", { body: undefined, isBase64Encoded: undefined }, ""],
    ["nothing in base64", { body: "", isBase64Encoded: true }, ""],
    ["base64 without padding", { body: "aGk", isBase64Encoded: true }, "hi"],
  ])("reads a body: %s", (_, given, text) => {
    const carried = fromAlbEvent(event(given));
    expect(carried.kind === "request" && Buffer.from(carried.request.body).toString()).toBe(text);
  });

  it.each<[string, unknown]>([
    ["no method", event({ httpMethod: undefined })],
    ["no path", event({ path: undefined })],
    ["a method that is not a string", event({ httpMethod: 1 })],
    ["a body that is not a string", event({ body: 1 })],
    ["a body that is an object", event({ body: {} })],
    ["base64 in lines", event({ body: "aGhoaGho\r\naGho" })],
    ["base64 with a letter that is none", event({ body: "aGho*Gho" })],
    ["base64 with padding in the middle", event({ body: "aGg=aGho" })],
    ["base64 with padding that it does not need", event({ body: "aGho=" })],
    ["base64 cut short", event({ body: "aGhoa" })],
    ["half a surrogate pair", event({ body: "\ud83d", isBase64Encoded: false })],
    ["null", null],
    ["nothing", undefined],
    ["text", "event"],
    ["a number", 1],
    ["an array", []],
    ["an empty object", {}],
  ])("cannot read an event with %s, and says so", (_, given) => {
    expect(fromAlbEvent(given)).toEqual({ kind: "unreadable", message: expect.any(String) });
  });

  it.each([
    ["single-value headers", { headers: { "user-agent": "ELB-HealthChecker/2.0" } }],
    ["multi-value headers", { headers: undefined, multiValueHeaders: { "user-agent": ["ELB-HealthChecker/2.0"] } }],
  ])("knows the health check of the load balancer with %s", (_, headers) => {
    const check = event({ httpMethod: "GET", path: "/", body: "", isBase64Encoded: false, ...headers });
    expect(fromAlbEvent(check)).toEqual({ kind: "health-check" });
  });

  it("takes a POST for a request, whatever its user agent claims", () => {
    const headers = { "user-agent": "ELB-HealthChecker/2.0" };
    expect(fromAlbEvent(event({ headers })).kind).toBe("request");
  });
});

describe("toAlbResult()", () => {
  const protobuf = {
    status: 400,
    headers: { "content-type": "application/x-protobuf" },
    body: Buffer.from("0803ff", "hex"),
  };
  const json = { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from("{}") };

  it("writes protobuf in base64", () => {
    expect(toAlbResult(protobuf, event())).toEqual({
      statusCode: 400,
      statusDescription: "400 Bad Request",
      headers: { "content-type": "application/x-protobuf" },
      body: "CAP/",
      isBase64Encoded: true,
    });
  });

  it("writes JSON as text", () => {
    expect(toAlbResult(json, event())).toMatchObject({
      statusDescription: "200 OK",
      body: "{}",
      isBase64Encoded: false,
    });
  });

  it("writes multi-value headers where the event had them, and only those", () => {
    const result = toAlbResult(json, event({ headers: undefined, multiValueHeaders: {} }));
    expect(result.multiValueHeaders).toEqual({ "content-type": ["application/json"] });
    expect(result).not.toHaveProperty("headers");
  });

  it("writes an answer without a body, and never null", () => {
    const result = toAlbResult({ status: 204, headers: {}, body: new Uint8Array() }, null);
    expect(result).toEqual({
      statusCode: 204,
      statusDescription: "204 No Content",
      headers: {},
      body: "",
      isBase64Encoded: false,
    });
  });
});
