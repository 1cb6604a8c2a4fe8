import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { answering, large, okAnswer, refusal, startExchange } from "../../support/http/exchange.ts";

describe("an answer that comes before the request is there", () => {
  it.each<[string, (socket: Socket) => void]>([
    ["and the server closes at once", (socket) => socket.write(refusal, () => socket.destroy())],
    ["and the server resets at once", (socket) => socket.write(refusal, () => socket.resetAndDestroy())],
    ["and the server ends its side", (socket) => socket.end(refusal)],
    ["and the server reads no further", (socket) => void socket.pause().write(refusal)],
    ["and the server reads on", (socket) => void socket.write(refusal.replace("Connection: close\r\n", ""))],
  ])("is read %s", async (_, answer) => {
    const { post, sockets } = await startExchange((socket) => socket.once("data", () => answer(socket)));
    for (let round = 1; round <= 3; round++) {
      const answered = await post({ body: large });
      expect(answered).toMatchObject({ kind: "answered", status: 413 });
      // A connection that a request is stuck in is not used again.
      expect(sockets).toHaveLength(round);
    }
  });

  it("is read on a connection that was kept", async () => {
    const { post, sockets } = await startExchange((socket) => {
      let requests = 0;
      socket.on("data", () => {
        requests++;
        if (requests === 1) socket.write(okAnswer);
        else if (requests === 2) socket.write(refusal, () => socket.destroy());
      });
    });
    expect(await post()).toMatchObject({ status: 200 });
    expect(await post({ body: large })).toMatchObject({ kind: "answered", status: 413 });
    expect(sockets).toHaveLength(1);
  });
});

describe("a connection that the server gives up", () => {
  it.each<[string, (socket: Socket) => void]>([
    ["resets", (socket) => socket.resetAndDestroy()],
    ["ends", (socket) => socket.end()],
    [
      "answers 408, as to an idle one, and closes",
      (socket) => socket.end("HTTP/1.1 408 x\r\nConnection: close\r\n\r\n"),
    ],
  ])("is replaced once where it was kept: one that it %s", async (_, giveUp) => {
    const { post, sockets } = await startExchange((socket, number) =>
      answering([okAnswer, number === 1 ? giveUp : okAnswer])(socket),
    );
    expect(await post()).toMatchObject({ status: 200 });
    expect(await post()).toMatchObject({ kind: "answered", status: 200 });
    expect(sockets).toHaveLength(2);
  });

  it("is not replaced where a byte of the answer has come: the request was read", async () => {
    const { post, sockets } = await startExchange(answering([okAnswer, (socket) => socket.end("HTTP")]));
    expect(await post()).toMatchObject({ status: 200 });
    expect(await post()).toMatchObject({ kind: "failed", permanent: false });
    expect(sockets).toHaveLength(1);
  });

  it("answers 408 to what was sent on a new one: that stands", async () => {
    const { post } = await startExchange(
      answering(["HTTP/1.1 408 x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"]),
    );
    expect(await post()).toMatchObject({ kind: "answered", status: 408 });
  });

  it("is not taken again when it was closed while it was idle, nor when it sent what nobody asked for", async () => {
    for (const idle of [(socket: Socket) => socket.end(), (socket: Socket) => socket.write(okAnswer)]) {
      const { post, sockets } = await startExchange(answering([]));
      expect(await post()).toMatchObject({ status: 200 });
      await new Promise<void>((resolve) => {
        sockets[0]?.once("close", () => resolve()).on("end", () => sockets[0]?.end());
        for (const socket of sockets) idle(socket);
      });
      expect(await post()).toMatchObject({ status: 200 });
      expect(sockets).toHaveLength(2);
    }
  });

  it.each([
    ["Keep-Alive: timeout=1, max=9\r\n", 2],
    ["Keep-Alive: timeout=60\r\n", 1],
    ["Keep-Alive: x\r\n", 1],
    ["Connection: close\r\n", 2],
  ])("is kept for as long as the server says: %j", async (header, connections) => {
    const { post, sockets } = await startExchange(answering([okAnswer.replace("\r\n", `\r\n${header}`)]));
    for (let round = 0; round < 2; round++) expect(await post()).toMatchObject({ status: 200 });
    expect(sockets).toHaveLength(connections);
  });
});

describe("requests that wait for a connection", () => {
  it("get one in the order in which they came, after failures too", async () => {
    const order: string[] = [];
    const { post, sockets } = await startExchange(
      (socket) =>
        socket.on("data", (chunk) => {
          const [, name = ""] = /x-name: (\w+)/.exec(chunk.toString()) ?? [];
          order.push(name);
          if (name === "b") socket.destroy();
          else socket.write(okAnswer);
        }),
      { maxSockets: 1 },
    );
    const kinds = await Promise.all(
      ["a", "b", "c", "d"].map(async (name) => (await post({ headers: { "x-name": name } })).kind),
    );
    expect(kinds).toEqual(["answered", "failed", "answered", "answered"]);
    // The first attempt at b was on a connection that had been kept.
    expect(order).toEqual(["a", "b", "b", "c", "d"]);
    expect(sockets).toHaveLength(3);
  });

  it("wait no longer than they may, and leave their place to others", async () => {
    const { post } = await startExchange(
      (socket) => socket.on("data", () => setTimeout(() => socket.write(okAnswer), 150)),
      {
        maxSockets: 1,
      },
    );
    const abort = new AbortController();
    const first = post();
    const late = post({ timeoutMs: 30 });
    const given = post({ abort: abort.signal });
    const last = post();
    abort.abort();
    expect(await late).toEqual({ kind: "failed", reason: "no answer within 30 ms", permanent: false });
    expect(await given).toMatchObject({ kind: "failed", reason: expect.stringContaining("ABORT_ERR") });
    expect([(await first).kind, (await last).kind]).toEqual(["answered", "answered"]);
  });
});
