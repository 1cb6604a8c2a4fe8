import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseReader } from "../../shared/http/response-reader.ts";

interface Outcome {
  readonly kind: string;
  readonly status?: number | undefined;
  readonly body?: string;
  readonly keepsAlive?: boolean | undefined;
  readonly rest?: number;
  readonly reason?: string;
}

/** Reads parts one after another, in a buffer that is overwritten, and then the end of the connection. */
function readAll(parts: readonly Uint8Array[], maxBytes = 1_000): Outcome {
  const reader = new ResponseReader({ maxBytes, isCut: false });
  const shared = Buffer.alloc(65_536);
  for (const part of parts) {
    shared.fill(0x2a);
    shared.set(part);
    const state = reader.read(shared.subarray(0, part.length));
    if (state.kind !== "more") {
      return outcome(reader, state);
    }
  }
  shared.fill(0x2a);
  return outcome(reader, reader.end());
}

function outcome(reader: ResponseReader, state: ReturnType<ResponseReader["end"]>): Outcome {
  if (state.kind !== "whole") {
    return state;
  }
  const { status, keepsAlive } = reader.head ?? {};
  return { kind: "whole", status, keepsAlive, body: reader.body.toString("latin1"), rest: state.rest };
}

function read(text: string, maxBytes?: number): Outcome {
  return readAll([Buffer.from(text, "latin1")], maxBytes);
}

const whole = { kind: "whole", status: 200, body: "m 1\n", keepsAlive: true, rest: 0 };
const good: readonly [string, string, Partial<Outcome>][] = [
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n", {}],
  ["no reason", "HTTP/1.1 200\r\ncontent-length:4\r\n\r\nm 1\n", {}],
  ["the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\ncontent-length: 4\r\n\r\nm 1\n", {}],
  ["bare line feeds", "HTTP/1.1 200 OK\ncontent-length: 4\n\nm 1\n", {}],
  ["a continued header", "HTTP/1.1 200 OK\r\nx: a\r\n  b\r\ncontent-length: 4\r\n\r\nm 1\n", {}],
  ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nm\r\n3;x=y\r\n 1\n\r\n0\r\n\r\n", {}],
  ["a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n04\r\nm 1\n\r\n0\r\nx: y\r\n\r\n", {}],
  [
    "chunks that count, beside a length",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nm 1\n\r\n0\r\n\r\n",
    { keepsAlive: false },
  ],
  ["the end of the connection", "HTTP/1.1 200 OK\r\n\r\nm 1\n", { keepsAlive: false }],
  [
    "a connection that closes",
    "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 4\r\n\r\nm 1\n",
    { keepsAlive: false },
  ],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n", { keepsAlive: false }],
  ["HTTP/1.0 that goes on", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nm 1\n", {}],
  [
    "hints before",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\na: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\n",
    {},
  ],
  ["an empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", { body: "" }],
  ["a status without a body", "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", { status: 204, body: "" }],
  ["more than was asked for", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nm 1\nHTTP", { rest: 4 }],
];

const bad: readonly [string, string, string][] = [
  ["another protocol", "SSH-2.0-OpenSSH_9\r\n\r\n", "malformed HTTP status line"],
  ["HTTP/2", "HTTP/2 200 OK\r\n\r\n", "malformed HTTP status line"],
  ["a header without a colon", "HTTP/1.1 200 OK\r\nabc\r\n\r\n", "malformed HTTP header"],
  ["a name with a blank", "HTTP/1.1 200 OK\r\na : b\r\n\r\n", "malformed HTTP header"],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nm 1\n", "malformed Content-Length"],
  ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n", "malformed Content-Length"],
  ["another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "unsupported transfer encoding"],
  ["a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "invalid chunk length"],
  [
    "a chunk that goes on",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nmm\r\n",
    "malformed chunked encoding",
  ],
  ["an end within the head", "HTTP/1.1 200 OK\r\nContent-Le", "unexpected EOF"],
  ["an end within the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nm 1\n", "unexpected EOF"],
  ["an end within the chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nm 1\n\r\n", "unexpected EOF"],
  ["hints without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(20), "too many 1xx"],
  ["a head without end", `HTTP/1.1 200 OK\r\na: ${"b".repeat(40_000)}`, "the head of the answer is longer"],
  [
    "a chunk line without end",
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;${"b".repeat(5_000)}`,
    "longer than",
  ],
];

describe("ResponseReader", () => {
  it.each(good)("reads an answer with %s", (_, text, differs) => {
    expect(read(text)).toEqual({ ...whole, ...differs });
  });

  it.each(bad)("refuses %s", (_, text, reason) => {
    expect(read(text)).toEqual({ kind: "malformed", reason: expect.stringContaining(reason) });
  });

  it("reads the same however the answer is cut", () => {
    const texts = [...good.map(([, text]) => text), ...bad.map(([, text]) => text)];
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(fc.nat(200), { maxLength: 12 }), (text, cuts) => {
        const bytes = Buffer.from(text, "latin1");
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const parts = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const { rest: _, ...expected } = read(text);
        expect(readAll(parts)).toMatchObject(expected);
      }),
    );
  });

  it("says of a body that it is too large as soon as that is known", () => {
    expect(read("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")).toEqual({ kind: "too-large" });
    expect(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n")).toEqual({ kind: "too-large" });
    expect(read(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(1_001)}`)).toEqual({ kind: "too-large" });
    expect(read(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${"x".repeat(1_000)}`)).toMatchObject({
      kind: "whole",
    });
  });

  it("takes any bytes without throwing", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (parts) => {
        const start = Buffer.from("HTTP/1.1 200 OK\r\n");
        expect(["whole", "malformed", "too-large"]).toContain(readAll(parts).kind);
        expect(["whole", "malformed", "too-large"]).toContain(readAll([start, ...parts]).kind);
      }),
    );
  });
});
