import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createInTurn } from "../../../shared/node/loop-turn.ts";
import { createReceive } from "../../../shared/receivers/otlp-http/receive.ts";
import { requestOf } from "../../support/otlp/item-names.ts";
import { createRecordingAccept } from "../../support/queue/recording-accept.ts";

const headers = { "content-type": "application/x-protobuf", "content-encoding": "gzip" };
const head = { method: "POST", path: "/v1/logs", headers };

function setUp() {
  const { accept, received } = createRecordingAccept();
  let turns = 0;
  const inTurn = createInTurn();
  const receive = createReceive({
    accept,
    emit: () => {},
    maxBodyBytes: 64 * 2 ** 20,
    inTurn: (work) => {
      turns++;
      return inTurn(work);
    },
  });
  return { receive, received, turns: () => turns };
}

describe("createReceive(), with large bodies", () => {
  it("checks an ordinary request at once", async () => {
    const { receive, turns } = setUp();
    expect((await receive({ ...head, body: gzipSync(requestOf("logs", { names: ["a"] })) })).status).toBe(200);
    expect(turns()).toBe(0);
  });

  it("gives a turn of its own to what is large once decompressed, whatever its size says", async () => {
    const { receive, received, turns } = setUp();
    const bytes = requestOf("logs", { names: ["a", "b"], padding: "x".repeat(1_000_000) });
    const honest = gzipSync(bytes);
    // Two members: the size in the last trailer is that of a few bytes.
    const lying = Buffer.concat([gzipSync(bytes.subarray(0, -3)), gzipSync(bytes.subarray(-3))]);
    expect((await receive({ ...head, body: honest })).status).toBe(200);
    expect((await receive({ ...head, body: lying })).status).toBe(200);
    expect(turns()).toBe(2);
    expect(received.map(({ items }) => items)).toEqual([2, 2]);
  });

  it("does what else there is to do between many of them", async () => {
    const { receive } = setUp();
    const body = gzipSync(Buffer.alloc(20 * 2 ** 20));
    const all = Promise.all(Array.from({ length: 8 }, () => receive({ ...head, body })));
    let turns = 0;
    let isOver = false;
    const turning = (async () => {
      for (; !isOver; turns++) await new Promise((resolve) => setImmediate(resolve));
    })();
    const answers = await all;
    isOver = true;
    await turning;
    expect(answers.every(({ status }) => status === 400)).toBe(true);
    expect(turns).toBeGreaterThanOrEqual(8);
  });
});
