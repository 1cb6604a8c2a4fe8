import { createServer } from "node:http";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import { anyText } from "../../support/any-text.ts";
import { answering, large, listenOn, okAnswer, refusal, startExchange } from "../../support/http/exchange.ts";

describe("hostile answers", () => {
  const answered = { kind: "answered", status: 200 };
  const failed = { kind: "failed", permanent: false };
  it.each<[string, string, object]>([
    ["hints before", `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\n${okAnswer}`, answered],
    ["hints without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000), failed],
    ["another protocol", "HTTP/1.1 101 x\r\nUpgrade: y\r\n\r\n", failed],
    ["a head without end", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}`, failed],
    ["many headers", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(10_000)}\r\n`, failed],
    ["a length that is not one", "HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n", failed],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok", failed],
    ["a length that is too large", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", failed],
    ["chunks of another size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", failed],
    ["another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: br\r\n\r\n", failed],
    ["HTTP/2", "\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff", failed],
    ["HTTP/0.9", "ok", failed],
    ["names of prototypes", "HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y\r\nContent-Length: 0\r\n\r\n", answered],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nok", answered],
    ["no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", answered],
  ])("are read or refused: %s", async (_, text, expected) => {
    const { post } = await startExchange(answering([(socket) => socket.end(text, "latin1")]));
    expect(await post()).toMatchObject(expected);
  });

  it("keep each header, and the first of what can only be one", async () => {
    const head =
      "Retry-After: 7\r\nretry-after: 9\r\nSet-Cookie: a\r\nset-cookie: b\r\nCONSTRUCTOR: z\r\nContent-Length: 0";
    const { post } = await startExchange(answering([`HTTP/1.1 503 x\r\n${head}\r\n\r\n`]));
    const answer = await post();
    expect(answer.kind === "answered" && { ...answer.headers }).toEqual({
      "retry-after": "7",
      "set-cookie": "a, b",
      constructor: "z",
      "content-length": "0",
    });
  });

  it.each([
    ["a length", "Content-Length: 3000000"],
    ["chunks", "Transfer-Encoding: chunked"],
    ["the end of the connection", "Connection: close"],
  ])("are read up to the limit, and no further: one with %s", async (_, header) => {
    const chunk = header.startsWith("T") ? `4e20\r\n${"x".repeat(20_000)}\r\n` : "x".repeat(20_000);
    let sent = 0;
    const { post } = await startExchange(
      answering([
        (socket) => {
          const more = () => {
            sent++;
            if (sent < 10_000 && !socket.destroyed) socket.write(chunk, more);
          };
          socket.write(`HTTP/1.1 500 x\r\n${header}\r\n\r\n`, more);
        },
      ]),
      { maxAnswerBytes: 50_000 },
    );
    const answer = await post();
    expect(answer.kind === "answered" && [answer.status, answer.body.length]).toEqual([500, 50_000]);
    expect(sent).toBeLessThan(10_000);
  });

  it("come to an end whatever is sent, however it is cut", async () => {
    const answers = [
      okAnswer,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: y\r\n\r\n",
      "HTTP/1.1 503 x\r\nConnection: close\r\n\r\nsorry",
      refusal,
    ];
    const script = fc.record({
      text: fc.oneof(fc.constantFrom(...answers), anyText({ maxLength: 40 })),
      cuts: fc.array(fc.nat(60), { maxLength: 4 }),
      change: fc.option(fc.tuple(fc.nat(60), fc.nat(255))),
    });
    type Script = typeof script extends fc.Arbitrary<infer Value> ? Value : never;
    let next: Script | undefined;
    const { post } = await startExchange((socket) =>
      socket.on("data", async () => {
        const { text = "", cuts = [], change = null } = next ?? {};
        const bytes = Buffer.from(text, "latin1");
        if (change && change[0] < bytes.length) bytes[change[0]] = change[1];
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        for (const [index, end] of at.slice(1).entries()) {
          await new Promise<unknown>((resolve) => socket.write(bytes.subarray(at[index], end), resolve));
        }
        socket.end();
      }),
    );
    await fc.assert(
      fc.asyncProperty(script, async (given) => {
        next = given;
        const answer = await post();
        expect(["answered", "failed"]).toContain(answer.kind);
        if (given.change === null && answers.includes(given.text)) expect(answer.kind).toBe("answered");
        if (answer.kind === "failed")
          expect(answer).toMatchObject({ permanent: false, reason: expect.not.stringContaining("no answer within") });
      }),
      { numRuns: 100 },
    );
  });
});

describe("requests", () => {
  it("say who asks and how long the body is, whatever their headers say", async () => {
    const seen: string[] = [];
    const { post, url } = await startExchange((socket) =>
      socket.on("data", (chunk) => {
        seen.push(chunk.toString("latin1"));
        socket.write(okAnswer);
      }),
    );
    const headers = { "content-length": "99", connection: "upgrade", "transfer-encoding": "chunked", "x-a": "b\u00e9" };
    expect(await post({ headers })).toMatchObject({ kind: "answered" });
    expect(seen).toEqual([
      `POST /v1/traces HTTP/1.1\r\nhost: ${new URL(url).host}\r\nx-a: b\u00e9\r\ncontent-length: 7\r\nconnection: keep-alive\r\n\r\nrequest`,
    ]);
  });

  it("are whole at any size", async () => {
    const got: number[] = [];
    const server = createServer(async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      got.push(bytes);
      response.end();
    });
    const url = await listenOn(server);
    const transport = createHttpTransport();
    onTestFinished(() => {
      transport.close();
      server.close();
    });
    const sizes = [0, 1, 16_384, 16_385, 70_000, large.length];
    for (const size of sizes) {
      expect(
        await transport.post({ url, headers: {}, body: large.subarray(0, size) }, { timeoutMs: 5_000 }),
      ).toMatchObject({ status: 200 });
    }
    expect(got).toEqual(sizes);
  });
});
