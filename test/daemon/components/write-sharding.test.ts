import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWriteSharding } from "../../../daemon/components/prometheus/write-sharding.ts";
import type { WriteShards } from "../../../shared/prometheus/remote-write/write-shards.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sharding-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs it for some looks, in each of which `load` happens; the counts that were asked for, with whether they came. */
async function run(looks: number, given: { load?: { samples: number; seconds: number }; messages?: number[] }) {
  const asked: [number, boolean][] = [];
  const messages = given.messages ?? [];
  const abort = new AbortController();
  const counts: string[] = [];
  let now = 0;
  let left = looks;
  const sharding = createWriteSharding({
    range: { min: 1, max: 8 },
    directory,
    clock: {
      now: () => now,
      async sleep(ms) {
        now += ms;
        if (ms < 10_000) return;
        if (left-- <= 0) return abort.abort();
        const { samples = 1_000, seconds = 0.01 } = given.load ?? {};
        sharding.received(samples);
        const delivered = { items: samples, durationMs: seconds * 1_000, batches: 1, bytes: 1 };
        sharding.emit("export.delivered", { ...delivered, signal: "metrics", destination: "d" });
      },
    },
    emit: () => {},
    messages: () => (messages.length > 1 ? (messages.shift() ?? 0) : (messages[0] ?? 0)),
    onCount: (count, desired) => void counts.push(`${count}/${desired}`),
  });
  const write: WriteShards = {
    consume: async () => {},
    flush: async () => {},
    pending: () => 0,
    async reshard(count, drained) {
      const isDrained = await drained();
      asked.push([count, isDrained]);
      return isDrained;
    },
  };
  await sharding.run(write, abort.signal);
  return { asked, counts, count: sharding.count };
}

describe("createWriteSharding()", () => {
  it("grows when requests take as long as the time between them, and keeps the number for the next process", async () => {
    const { asked, count } = await run(1, { load: { samples: 10_000, seconds: 38 } });
    expect([asked, count]).toEqual([[[4, true]], 4]);
    expect(readFileSync(join(directory, "shards"), "utf8")).toBe("4");
    expect((await run(0, {})).count).toBe(4);
  });

  it("waits until nothing is left of the old ones", async () => {
    const { asked } = await run(1, { load: { samples: 10_000, seconds: 38 }, messages: [0, 0, 2, 1, 0] });
    expect(asked).toEqual([[4, true]]);
  });

  it("does not begin while too much waits, and gives up where it does not empty", async () => {
    const load = { samples: 10_000, seconds: 15 };
    expect((await run(1, { load, messages: [500] })).asked).toEqual([]);
    expect((await run(1, { load, messages: [1] })).asked).toEqual([[3, false]]);
  });

  it("comes back into its range when the queue of the process before is empty", async () => {
    writeFileSync(join(directory, "shards"), "20");
    expect(await run(0, { messages: [3] })).toMatchObject({ asked: [[8, false]], count: 20 });
    expect(await run(0, {})).toMatchObject({ asked: [[8, true]], count: 8 });
  });
});
