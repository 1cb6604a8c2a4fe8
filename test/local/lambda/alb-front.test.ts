import type { ALBEvent } from "aws-lambda";
import { describe, expect, it, onTestFinished } from "vitest";
import { type AlbFrontOptions, createAlbFront } from "../../../local/lambda/alb-front.ts";
import { decodeStatus } from "../../../shared/rpc/status.ts";
import type { EventName } from "../../../shared/telemetry/events/events.ts";
import { rawClient } from "../../support/http/raw-client.ts";

async function start(invoke: AlbFrontOptions["invoke"], options: Partial<AlbFrontOptions> = {}) {
  const events: EventName[] = [];
  const front = createAlbFront({ invoke, emit: (name) => events.push(name), ...options });
  onTestFinished(() => front.close(0));
  const { port } = await front.listen(0, "127.0.0.1");
  return { events, port, url: `http://127.0.0.1:${port}` };
}

/** The event that a request becomes, with the port that it came in by. */
async function eventOf(path: string, init: RequestInit & { body?: Uint8Array | string }, options = {}) {
  let event: ALBEvent | undefined;
  const { port, url } = await start(async (given) => {
    event = given;
    return { statusCode: 200 };
  }, options);
  await fetch(`${url}${path}`, { method: "POST", ...init });
  return { event, port };
}

const protobuf = { "content-type": "application/x-protobuf" };
const json = { "content-type": "application/json; charset=utf-8" };

describe("createAlbFront()", () => {
  it("builds the event of a target group with single-value headers", async () => {
    const headers = { ...protobuf, "X-Custom": "Kept" };
    const { event, port } = await eventOf("/v1/traces?a=%20b&a=c&d", { headers, body: new Uint8Array([0xff, 0]) });
    expect(event).toMatchObject({
      requestContext: { elb: { targetGroupArn: expect.stringContaining("targetgroup/") } },
      httpMethod: "POST",
      path: "/v1/traces",
      queryStringParameters: { a: "c", d: "" },
      headers: {
        "content-type": "application/x-protobuf",
        "x-custom": "Kept",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": String(port),
        "x-forwarded-proto": "http",
        "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      },
      body: "/wA=",
      isBase64Encoded: true,
    });
    expect(event).not.toHaveProperty("multiValueHeaders");
  });

  it.each([
    ["JSON", json, false],
    ["text", { "content-type": "text/plain" }, false],
    ["protobuf", protobuf, true],
    ["JSON with a content encoding", { ...json, "content-encoding": "identity" }, true],
    ["a body without a type", { "content-type": "" }, true],
  ])("encodes %s as the load balancer would", async (_, headers, isBase64Encoded) => {
    const { event } = await eventOf("/", { headers, body: "{}" });
    expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? "e30=" : "{}" });
  });

  it("keeps the last value of a repeated header, or all of them in multi-value mode", async () => {
    const seen: ALBEvent[] = [];
    for (const multiValueHeaders of [false, true]) {
      const { port } = await start(async (event) => seen.push(event) && { statusCode: 200 }, { multiValueHeaders });
      const client = await rawClient(port);
      client.send("GET /?q=1&q=2 HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\nConnection: close\r\n\r\n");
      await client.closed();
    }
    expect(seen[0]?.headers?.["x-a"]).toBe("2");
    expect(seen[1]).toMatchObject({
      multiValueHeaders: { "x-a": ["1", "2"] },
      multiValueQueryStringParameters: { q: ["1", "2"] },
    });
    expect(seen[1]).not.toHaveProperty("headers");
  });

  it.each([
    ["Root=1-5-a", /^Self=1-\w{8}-\w{24};Root=1-5-a$/],
    ["Self=1-1-b;Root=1-5-a;Extra=1", /^Self=1-\w{8}-\w{24};Root=1-5-a;Extra=1$/],
    ["Extra=1", /^Extra=1;Root=1-\w{8}-\w{24}$/],
  ])("continues the trace header %s", async (given, expected) => {
    const { event } = await eventOf("/", { headers: { "x-amzn-trace-id": given } });
    expect(event?.headers?.["x-amzn-trace-id"]).toMatch(expected);
  });

  it("appends to x-forwarded-for", async () => {
    const { event } = await eventOf("/", { headers: { "x-forwarded-for": "10.0.0.1" } });
    expect(event?.headers?.["x-forwarded-for"]).toBe("10.0.0.1, 127.0.0.1");
  });

  it("passes 1,000,000 bytes and refuses one more with a Status, without asking the function", async () => {
    let invocations = 0;
    const { url } = await start(async () => {
      invocations++;
      return { statusCode: 200 };
    });
    const send = (size: number) => fetch(url, { method: "POST", headers: protobuf, body: new Uint8Array(size) });
    expect((await send(1_000_000)).status).toBe(200);
    const refused = await send(1_000_001);
    expect([refused.status, refused.headers.get("content-type")]).toEqual([413, "application/x-protobuf"]);
    const status = decodeStatus(await refused.bytes(), "protobuf");
    expect(status?.message).toContain("larger than the 1000000 bytes");
    expect(invocations).toBe(1);
  });

  it.each([
    [
      "a JSON body that is not UTF-8",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n\xff",
    ],
    ["a header that is not UTF-8", "GET / HTTP/1.1\r\nHost: x\r\nX-A: \xff\r\n\r\n"],
    ["a header over 16 KB", `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(17_000)}\r\n\r\n`],
    ["headers over 64 KB", `GET / HTTP/1.1\r\nHost: x\r\n${`X-A: ${"a".repeat(10_000)}\r\n`.repeat(7)}\r\n`],
    ["a request line over 16 KB", `GET /${"a".repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ["an upgrade", "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"],
  ])("answers 400 to %s, without asking the function", async (_, sent) => {
    let invocations = 0;
    const { port } = await start(async () => ({ statusCode: 200 + invocations++ }));
    const client = await rawClient(port);
    client.send(Buffer.from(sent, "latin1"));
    expect(await client.until(/<\/html>/)).toContain("HTTP/1.1 400 Bad Request");
    expect(invocations).toBe(0);
    client.socket.destroy();
  });

  it("serves the JDK's HTTP client, which offers HTTP/2 with its first request, by HTTP/1.1", async () => {
    let event: ALBEvent | undefined;
    const { port } = await start(async (given) => {
      event = given;
      return { statusCode: 200, body: "served" };
    });
    const client = await rawClient(port);
    const offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n";
    client.send(`POST /v1/traces HTTP/1.1\r\nHost: x\r\n${offer}Content-Length: 2\r\n\r\nab`);
    expect(await client.until(/served$/)).toContain("HTTP/1.1 200");
    expect(event?.body).toBe("YWI=");
    expect(event?.headers).not.toHaveProperty("upgrade");
    client.socket.destroy();
  });

  it("answers with the function's result", async () => {
    const { url } = await start(async () => ({
      statusCode: 503,
      headers: { "Content-Type": "application/x-protobuf", "Retry-After": 5, "Content-Length": "99" },
      body: "/wA=",
      isBase64Encoded: true,
    }));
    const response = await fetch(url);
    expect([response.status, response.headers.get("retry-after"), [...(await response.bytes())]]).toEqual([
      503,
      "5",
      [255, 0],
    ]);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["text", "ok"],
    ["no status", { body: "" }],
    ["a status that is text", { statusCode: "200" }],
    ["a null body", { statusCode: 200, body: null }],
    ["a null header", { statusCode: 200, headers: { a: null } }],
    ["null headers", { statusCode: 200, headers: null }],
    ["wrapped base64", { statusCode: 200, isBase64Encoded: true, body: "AAAA\nAAAA" }],
    ["more than 1 MB", { statusCode: 200, body: "a".repeat(1_000_000) }],
    ["headers over 32 KB", { statusCode: 200, headers: { a: "a".repeat(33_000) } }],
  ])("answers 502 when the function answers %s", async (_, result) => {
    const { events, url } = await start(async () => result);
    expect((await fetch(url)).status).toBe(502);
    expect(events).toContain("code.crashed");
  });

  it("answers 502 when multi-value mode gets single-value headers", async () => {
    const { url } = await start(async () => ({ statusCode: 200, multiValueHeaders: { a: "b" } }), {
      multiValueHeaders: true,
    });
    expect((await fetch(url)).status).toBe(502);
  });

  it("tells the function how much time it has", async () => {
    let left = 0;
    const { url } = await start(
      async (_, context) => {
        left = context.getRemainingTimeInMillis();
        return { statusCode: 200 };
      },
      { timeoutMs: 5000 },
    );
    await fetch(url);
    expect(left).toBeGreaterThan(4000);
    expect(left).toBeLessThanOrEqual(5000);
  });

  it("answers 502 when the function throws, is late, or is throttled", async () => {
    const throwing = await start(async () => Promise.reject(new Error("boom")));
    const late = await start(() => new Promise(() => {}), { timeoutMs: 20 });
    const throttled = await start(async () => ({ statusCode: 200 }), { maxConcurrency: 0 });
    for (const { url } of [throwing, late, throttled]) expect((await fetch(url)).status).toBe(502);
  });
});
