import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { edgeServers, startForTest } from "../support/http/edge-servers.ts";
import { rawClient } from "../support/http/raw-client.ts";
import { answersIn, exchange, wireOf } from "../support/http/raw-http.ts";
import { jsonSpan, oneLog, oneSpan } from "../support/otlp/cases/bodies.ts";

const protobuf = "Content-Type: application/x-protobuf\r\n";
const json = "Content-Type: application/json\r\n";
const span = { name: "one span", body: oneSpan, expect: { status: 200 } };
const log = { name: "one log record", path: "/v1/logs", body: oneLog, expect: { status: 200 } };

/** The head of a POST with these fields, and a body. */
function post(fields: string, body: Uint8Array | string = "", version = "1.1"): Buffer {
  const head = `POST /v1/traces HTTP/${version}\r\nHost: localhost\r\n${fields}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)]);
}

/** `body` in chunks of `size` bytes. */
function chunked(body: Uint8Array, size: number): Buffer {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    chunks.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}

const names = Object.keys(edgeServers) as (keyof typeof edgeServers)[];

describe.each(names)("What arrives in pieces or broken, at %s", (name) => {
  const transfer = "Transfer-Encoding: chunked\r\nConnection: close\r\n";

  it.each<[string, () => Buffer]>([
    ["HTTP/1.0", () => post(`${protobuf}Content-Length: ${oneSpan.length}\r\n`, oneSpan, "1.0")],
    ["chunks", () => post(protobuf + transfer, chunked(oneSpan, 7))],
    ["chunks of gzip", () => post(`${protobuf}Content-Encoding: gzip\r\n${transfer}`, chunked(gzipSync(oneSpan), 5))],
    ["JSON in chunks", () => post(json + transfer, chunked(Buffer.from(jsonSpan()), 11))],
    ["an absolute target", () => wireOf({ ...span, path: "http://localhost/v1/traces?x" })],
  ])("accepts %s", async (_, wire) => {
    const { port, received } = await startForTest(name);
    const [answer] = answersIn(await exchange(port, wire()));
    expect([answer?.status, received.length, received[0]?.items]).toEqual([200, 1, 1]);
  });

  it.each<[string, () => Buffer]>([
    ["a chunk size that is none", () => post(protobuf + transfer, "zz\r\nabc\r\n0\r\n\r\n")],
    ["a negative chunk size", () => post(protobuf + transfer, "-1\r\na\r\n0\r\n\r\n")],
    ["a huge chunk size", () => post(protobuf + transfer, "ffffffffffffffffff\r\na\r\n0\r\n\r\n")],
    ["two different lengths", () => post(`${protobuf}Content-Length: 1\r\nContent-Length: 2\r\n`, "ab")],
    ["a negative length", () => post(`${protobuf}Content-Length: -1\r\n`)],
    ["a length that is not a number", () => post(`${protobuf}Content-Length: 0x10\r\n`)],
    ["a length and chunks", () => post(`${protobuf}Content-Length: 5\r\n${transfer}`, chunked(oneSpan, 60))],
    ["chunks under another name", () => post(`${protobuf}Transfer-Encoding: gzip, x\r\nConnection: close\r\n`, "abc")],
    ["a header without a colon", () => post("nonsense\r\n")],
    ["a line break in a header", () => post("X: a\nContent-Length: 5\r\n")],
    ["no HTTP at all", () => Buffer.from("\u0016\u0003\u0001 hello\r\n\r\n")],
  ])("refuses %s and closes", async (_, wire) => {
    const { port, received } = await startForTest(name);
    const [answer] = answersIn(await exchange(port, wire()));
    expect([400, 501]).toContain(answer?.status);
    expect(received).toEqual([]);
  });

  it("takes nothing of a body that is longer than it says", async () => {
    const { port, received } = await startForTest(name);
    const answers = answersIn(await exchange(port, post(`${json}Content-Length: 1\r\n`, jsonSpan())));
    expect(answers.map(({ status }) => status)).toEqual([400]);
    expect(received).toEqual([]);
  });

  it("answers a whole request with garbage behind it, and closes", async () => {
    const { port, received } = await startForTest(name);
    const wire = Buffer.concat([wireOf(span, { keepAlive: true }), Buffer.from("garbage\r\n\r\n")]);
    expect(answersIn(await exchange(port, wire)).map(({ status }) => status)).toEqual([200]);
    expect(received).toHaveLength(1);
  });

  it("answers two requests in one write, in their order", async () => {
    const { port, received } = await startForTest(name);
    const answers = answersIn(await exchange(port, Buffer.concat([wireOf(span, { keepAlive: true }), wireOf(log)])));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(received.map(({ format }) => format)).toEqual(["otlp/traces", "otlp/logs"]);
  });

  it("answers a good request behind a refused one", async () => {
    const { port, received } = await startForTest(name);
    const refused = wireOf({ ...span, path: "/v1/x" }, { keepAlive: true });
    const answers = answersIn(await exchange(port, Buffer.concat([refused, wireOf(log)])));
    expect(answers.map(({ status }) => status)).toEqual([404, 200]);
    expect(received).toHaveLength(1);
  });

  it("asks for the body of a request that expects to be asked", async () => {
    const { port, received } = await startForTest(name);
    const client = await rawClient(port);
    client.send(post(`${protobuf}Content-Length: ${oneSpan.length}\r\nExpect: 100-continue\r\nConnection: close\r\n`));
    expect(await client.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 100/);
    client.send(oneSpan);
    expect(answersIn(await client.closed()).map(({ status }) => status)).toEqual([100, 200]);
    expect(received).toHaveLength(1);
  });

  it("answers a sender that has closed its half behind a whole request", async () => {
    const { port, received } = await startForTest(name);
    const client = await rawClient(port);
    client.send(wireOf(span));
    client.socket.end();
    expect(answersIn(await client.closed()).map(({ status }) => status)).toEqual([200]);
    expect(received).toHaveLength(1);
  });

  it.each<[string, (wire: Buffer) => Buffer]>([
    ["in the head", (wire) => wire.subarray(0, 40)],
    ["in the body", (wire) => wire.subarray(0, -5)],
  ])("takes nothing of a request whose sender hangs up %s", async (_, cut) => {
    const { port, received, events } = await startForTest(name);
    const half = await rawClient(port);
    half.send(cut(wireOf(span)));
    half.socket.end();
    await half.closed();
    const gone = await rawClient(port);
    gone.send(cut(wireOf(span)));
    gone.socket.resetAndDestroy();
    expect(answersIn(await exchange(port, wireOf(log))).map(({ status }) => status)).toEqual([200]);
    expect(received.map(({ format }) => format)).toEqual(["otlp/logs"]);
    expect(events.map(({ name: event }) => event)).not.toContain("code.crashed");
  });

  it("lets a 413 reach a sender that is still sending", async () => {
    const { port, received } = await startForTest(name);
    const answers = answersIn(await exchange(port, wireOf({ ...span, body: Buffer.alloc(3_000_000) })));
    expect(answers.map(({ status }) => status)).toEqual([413]);
    expect(answers[0]?.headers["content-type"]).toBe("application/x-protobuf");
    expect(received).toEqual([]);
  });
});

describe("A sender that brings a byte at a time", () => {
  it.each(names)(
    "is given up, and the others are served meanwhile, at %s",
    { concurrent: true, timeout: 30_000 },
    async (name) => {
      const server = await edgeServers[name]();
      const slow = await rawClient(server.port);
      slow.send(wireOf(span).subarray(0, -50));
      let closed = false;
      const ended = slow.closed().then((text) => {
        closed = true;
        return text;
      });
      for (let sent = 0; !closed && sent < 50; sent++) {
        slow.send("\0");
        expect(answersIn(await exchange(server.port, wireOf(log)))[0]?.status).toBe(200);
        await wait(1000);
      }
      expect(answersIn(await ended).map(({ status }) => status)).toEqual([503]);
      expect(server.received.every(({ format }) => format === "otlp/logs")).toBe(true);
      await server.close();
    },
  );
});
