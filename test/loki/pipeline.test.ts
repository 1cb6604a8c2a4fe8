import { describe, expect, it } from "vitest";
import type { Entry } from "../../shared/loki/entry.ts";
import { labelSet } from "../../shared/loki/labels.ts";
import { createPipeline } from "../../shared/loki/pipeline.ts";
import type { StageSpec } from "../../shared/loki/stages/stage.ts";
import { lendLines } from "../support/lend-lines.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { stage, stageWorld } from "../support/stage-world.ts";

const app = labelSet([["app", "a"]]);

function entry(line: string): Entry {
  return { labels: app, timeUnixNano: 5n, line, metadata: [] };
}

function start(specs: readonly StageSpec[], options: { readonly hold?: boolean } = {}) {
  const out = recordingEntries(options);
  const time = stageWorld();
  const pipeline = createPipeline(specs, out.receiver, time.world);
  return { ...out, ...time, pipeline, lines: () => out.entries.map(({ line }) => line) };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  return settled;
}

describe("createPipeline()", () => {
  it("is durable for the source when the destination is", async () => {
    const { pipeline, release } = start([], { hold: true });
    const done = pipeline.receiver.consume([entry("x")]);
    expect(await isSettled(done)).toBe(false);
    release();
    expect(await isSettled(done)).toBe(true);
  });

  it("is durable at once when every entry was dropped, and counts them", async () => {
    const { pipeline, dropped } = start([stage("drop", { expression: "x" })]);
    await pipeline.receiver.consume([entry("x"), entry("xx")]);
    expect(dropped).toEqual(["drop_stage", "drop_stage"]);
  });

  it("passes on as it is what a stage fails on, tells it, and is durable all the same", async () => {
    const out = recordingEntries();
    const { world, crashed } = stageWorld();
    const random = () => {
      throw new Error("no luck today");
    };
    const pipeline = createPipeline([stage("sampling", { rate: 0.5 })], out.receiver, { ...world, random });
    await pipeline.receiver.consume([entry("x"), entry("y")]);
    expect(out.entries.map(({ line }) => line)).toEqual(["x", "y"]);
    expect(crashed).toEqual(["Error: no luck today", "Error: no luck today"]);
  });

  it("is not durable while a stage holds a line, and is when its block was sent", async () => {
    const { pipeline, advance, lines } = start([stage("multiline", { firstline: "^A" })]);
    const first = pipeline.receiver.consume([entry("A1"), entry(" more")]);
    const second = pipeline.receiver.consume([entry(" and more")]);
    expect([await isSettled(first), await isSettled(second), lines()]).toEqual([false, false, []]);
    advance(3000);
    expect([await isSettled(first), await isSettled(second), lines()]).toEqual([true, true, ["A1\n more\n and more"]]);
  });

  it("passes on what stages hold when it closes, also inside a match", async () => {
    const inside = stage("match", { selector: '{app="a"}', stage: [stage("multiline", { firstline: "^A" })] });
    const { pipeline, lines } = start([inside, stage("static_labels", { values: new Map([["b", "2"]]) })]);
    const done = pipeline.receiver.consume([entry("A"), entry("b")]);
    await pipeline.close();
    expect([await isSettled(done), lines()]).toEqual([true, ["A\nb"]]);
  });

  it("fails the source when the process stops before an entry is durable", async () => {
    const stopped = { consume: () => Promise.reject(new Error("stopped")) };
    const pipeline = createPipeline([], stopped, stageWorld().world);
    await expect(pipeline.receiver.consume([entry("x")])).rejects.toThrow("stopped");
  });

  it("splits an entry into several and is durable when all of them are", async () => {
    const { pipeline, lines, release } = start([stage("split_json")], { hold: true });
    const done = pipeline.receiver.consume([entry('[{"a":"],"}, 2]'), entry("x")]);
    expect([lines(), await isSettled(done)]).toEqual([['{"a":"],"}', "2", "x"], false]);
    release();
    expect(await isSettled(done)).toBe(true);
  });

  it("makes lines wait for the rate, in order", async () => {
    const { pipeline, advance, lines } = start([stage("limit", { rate: 10, burst: 1 })]);
    const done = pipeline.receiver.consume([entry("1"), entry("2"), entry("3")]);
    expect(lines()).toEqual(["1"]);
    advance(100);
    advance(100);
    expect([lines(), await isSettled(done)]).toEqual([["1", "2", "3"], true]);
  });

  describe("with entries that are lent", () => {
    function lending(specs: readonly StageSpec[], hold = false) {
      const out = recordingEntries({ hold });
      const time = stageWorld();
      const pipeline = createPipeline(specs, out.lending, time.world);
      return { ...out, ...time, pipeline, lines: () => out.entries.map(({ line }) => line) };
    }

    it("is durable when the destination is, whatever was dropped", async () => {
      const { pipeline, release, dropped, lines } = lending([stage("drop", { expression: "x" })], true);
      const done = lendLines(pipeline.receiver, ["x", "a", "xx", "b"]);
      expect([lines(), dropped, await isSettled(done)]).toEqual([["a", "b"], ["drop_stage", "drop_stage"], false]);
      release();
      expect(await isSettled(done)).toBe(true);
    });

    it("is not durable while a stage holds a line of it", async () => {
      const { pipeline, advance, lines } = lending([stage("multiline", { firstline: "^A" })]);
      const first = lendLines(pipeline.receiver, ["A1", " more"]);
      const second = lendLines(pipeline.receiver, [" and more", "A2"]);
      expect([await isSettled(first), await isSettled(second), lines()]).toEqual([
        true,
        false,
        ["A1\n more\n and more"],
      ]);
      advance(3000);
      expect([await isSettled(second), lines()]).toEqual([true, ["A1\n more\n and more", "A2"]]);
    });

    it("passes on once what a stage fails on", async () => {
      const out = recordingEntries();
      const { world, crashed } = stageWorld();
      const random = () => {
        throw new Error("no luck today");
      };
      const pipeline = createPipeline([stage("sampling", { rate: 0.5 })], out.lending, { ...world, random });
      await lendLines(pipeline.receiver, ["x", "y"]);
      expect([out.entries.map(({ line }) => line), crashed.length]).toEqual([["x", "y"], 2]);
    });

    it("fails the source when the destination throws or fails", async () => {
      const throwing = { add: () => expect.fail("full"), end: async () => {} };
      const failing = { add: () => {}, end: () => Promise.reject(new Error("stopped")) };
      for (const lent of [throwing, failing]) {
        const { world, crashed } = stageWorld();
        const next = { consume: async () => {}, lend: () => lent };
        const pipeline = createPipeline([], next, world);
        await expect(lendLines(pipeline.receiver, ["x", "y"])).rejects.toThrow(/full|stopped/);
        expect(crashed).toEqual([]);
      }
    });

    it("takes none while the destination takes none", () => {
      const { receiver } = recordingEntries();
      expect(createPipeline([], receiver, stageWorld().world).receiver.lend?.()).toBeUndefined();
    });
  });
});
