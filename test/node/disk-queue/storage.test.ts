import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStorage } from "../../../shared/node/disk-queue/storage.ts";
import { openStand, takeAll, temporaryDirectory } from "../../support/disk/stand.ts";
import { drain } from "../../support/disk/workload.ts";
import { createManualClock } from "../../support/manual-clock.ts";

const dayMs = 86_400_000;

describe("openStorage()", () => {
  it("gives every message back after a restart, with its receive count and times, and without its lease", async () => {
    const first = await openStand();
    await first.queue.send(["a", "b"]);
    const [leased] = await takeAll(first.queue);
    await first.storage.close();
    const second = await openStand({ path: first.path });
    const messages = await takeAll(second.queue);
    expect(messages.map(({ body, receiveCount }) => [body, receiveCount])).toEqual([
      ["a", 2],
      ["b", 2],
    ]);
    expect(messages[0]).toMatchObject({ id: leased?.id, firstReceivedAt: leased?.firstReceivedAt });
    expect((await second.queue.delete([leased?.receiptHandle ?? ""])).failed.size).toBe(1);
    await second.storage.close();
  });

  it("delivers what is sent after everything of an earlier process was delivered and cleared away", async () => {
    const first = await openStand();
    await first.queue.send(["a"]);
    await first.storage.close();
    const { queue, storage } = await openStand({ path: first.path });
    for (const body of ["a", "b", "c"]) {
      if (body !== "a") await queue.send([body]);
      const messages = await takeAll(queue);
      expect(messages.map((message) => message.body)).toEqual([body]);
      await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
      await storage.upkeep();
    }
    await storage.close();
  });

  it("refuses a directory that another process, or another storage, has, in words for a person", async () => {
    const { path, storage } = await openStand();
    const clock = createManualClock();
    const again = await openStorage({ path, maxBytes: 1, maxAgeMs: 1, clock, emit: () => {} });
    expect(again).toEqual({
      kind: "failed",
      problem: `${path} is in use by another process: each needs a storage path of its own`,
      isInUse: true,
    });
    await storage.close();
    const free = await openStorage({ path, maxBytes: 1, maxAgeMs: 1, clock, emit: () => {} });
    expect(free.kind).toBe("opened");
    if (free.kind === "opened") await free.storage.close();
  });

  it("refuses what a later version wrote, changes nothing, and takes what was written before formats had a file", async () => {
    const { path, storage, queue } = await openStand();
    await queue.send(["a"]);
    await storage.close();
    const format = join(path, "format");
    expect(readFileSync(format, "utf8")).toBe("1\n");
    writeFileSync(format, "2\n");
    const clock = createManualClock();
    const later = await openStorage({ path, maxBytes: 1, maxAgeMs: 1, clock, emit: () => {} });
    expect(later).toEqual({ kind: "failed", problem: expect.stringContaining('it has the format "2"') });
    expect(readFileSync(format, "utf8")).toBe("2\n");
    rmSync(format);
    const again = await openStand({ path });
    expect((await takeAll(again.queue)).map(({ body }) => body)).toEqual(["a"]);
    expect(readFileSync(format, "utf8")).toBe("1\n");
    await again.storage.close();
  });

  it("says what is wrong with a path that it cannot use", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    const opened = await openStorage({
      path: join(file, "below"),
      maxBytes: 1,
      maxAgeMs: 1,
      clock: createManualClock(),
      emit: () => {},
    });
    expect(opened).toEqual({
      kind: "failed",
      problem: `cannot use the storage path ${file}/below: a part of the path is not a directory (ENOTDIR)`,
    });
  });

  it("lets nobody else look into its directory or files", async () => {
    const stand = await openStand({ path: join(temporaryDirectory(), "new") });
    await stand.queue.send(["secret"]);
    await takeAll(stand.queue);
    await stand.storage.upkeep();
    const queue = join(stand.path, "queue-main");
    expect(statSync(stand.path).mode & 0o777).toBe(0o700);
    expect(statSync(queue).mode & 0o777).toBe(0o700);
    const files = [join(stand.path, "lock.db"), ...readdirSync(queue).map((name) => join(queue, name))];
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual(files.map(() => 0o600));
    expect(files).toHaveLength(3);
    await stand.storage.close();
  });

  it.skipIf(process.getuid?.() === 0)("says that a directory can only be read", async () => {
    const path = temporaryDirectory();
    chmodSync(path, 0o500);
    const opened = await openStorage({ path, maxBytes: 1, maxAgeMs: 1, clock: createManualClock(), emit: () => {} });
    expect(opened).toMatchObject({ kind: "failed", problem: expect.stringContaining("permission denied") });
  });

  it("keeps queues apart, and knows their names, whatever these are", async () => {
    const { path, storage } = await openStand();
    for (const name of ["dead letters/ü", ".."]) {
      expect(await (await storage.queue(name)).send([name])).toEqual({ kind: "sent" });
    }
    await storage.close();
    const again = await openStand({ path });
    expect([...(await again.storage.names())].sort()).toEqual(["..", "dead letters/ü", "main"]);
    expect(await drain(await again.storage.queue("dead letters/ü"))).toEqual(["dead letters/ü"]);
    expect(await drain(again.queue)).toEqual([]);
    await again.storage.close();
  });

  it("takes no more than its bytes, says so with a time, and has room again after delivery", async () => {
    const { queue, storage } = await openStand({ maxBytes: 3 * 2 ** 20 });
    const body = new Uint8Array(2 ** 20);
    const outcomes = [];
    for (let count = 0; count < 4; count++) outcomes.push(await queue.send([body]));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["sent", "sent", "failed", "failed"]);
    expect(outcomes[3]).toMatchObject({
      reason: expect.stringContaining("the disk queue main is full"),
      retryAfterMs: 5000,
    });
    await drain(queue);
    await storage.upkeep();
    expect(storage.facts().queues.get("main")).toMatchObject({ messages: 0, bytes: 0 });
    expect(await queue.send([body])).toEqual({ kind: "sent" });
    await storage.close();
  });

  it("keeps room for the other queues when nobody empties one", async () => {
    const { queue, storage } = await openStand({ maxBytes: 12 * 2 ** 20 });
    const other = await storage.queue("other");
    const body = new Uint8Array(2 ** 20);
    for (let count = 0; count < 12; count++) await queue.send([body]);
    expect(storage.facts().queues.get("main")?.messages).toBe(8);
    for (let count = 0; count < 2; count++) expect(await other.send([body])).toEqual({ kind: "sent" });
    await storage.close();
  });

  it("takes nothing while the disk has hardly any space left, and says so", async () => {
    const { systemFiles } = await import("../../../shared/node/disk-queue/files.ts");
    let free = 2 ** 20;
    const { queue, storage } = await openStand({ files: { ...systemFiles, freeBytes: async () => free } });
    await storage.upkeep();
    const sent = await queue.send(["a"]);
    expect(sent).toMatchObject({ kind: "failed", reason: expect.stringContaining("1048576 bytes left") });
    expect(storage.facts().problem).toContain("1048576 bytes left");
    free = 2 ** 40;
    await storage.upkeep();
    expect(await queue.send(["a"])).toEqual({ kind: "sent" });
    await storage.close();
  });

  it("drops what is older than its age, and tells how many items that were", async () => {
    const { queue, storage, clock, events } = await openStand({ itemsOf: (body) => Number(body) });
    await queue.send(["3", "4"]);
    clock.advance(10 * dayMs);
    await queue.send(["5"]);
    clock.advance(5 * dayMs);
    expect((await takeAll(queue)).map(({ body }) => body)).toEqual(["5"]);
    clock.advance(20 * dayMs);
    await storage.upkeep();
    expect((await takeAll(queue)).map(({ body }) => body)).toEqual([]);
    const expired = events.filter(({ name }) => name === "storage.expired").map(({ fields }) => fields);
    expect(expired.map((fields) => "items" in fields && fields.items).toSorted()).toEqual([3, 4, 5]);
    await storage.close();
  });

  it("drops what became too old without anybody receiving it, and gives its space back", async () => {
    const { queue, storage, clock, events } = await openStand({ itemsOf: () => 7 });
    await queue.send([new Uint8Array(2 ** 20), new Uint8Array(2 ** 20)]);
    clock.advance(15 * dayMs);
    await storage.upkeep();
    await storage.upkeep();
    expect(events).toEqual([
      { name: "storage.expired", fields: { queue: "main", messages: 2, items: 14, bytes: 2 ** 21 } },
    ]);
    expect(storage.facts().queues.get("main")).toMatchObject({ messages: 0, bytes: 0 });
    await storage.close();
  });

  it("drops nothing while it is open when the clock is set forward", async () => {
    let elapsedMs = 0;
    const { queue, storage, clock } = await openStand({ monotonic: () => elapsedMs });
    await queue.send(["before"]);
    clock.advance(400 * dayMs);
    await queue.send(["after"]);
    await storage.upkeep();
    expect((await takeAll(queue)).map(({ body }) => body)).toEqual(["before", "after"]);
    elapsedMs = 15 * dayMs;
    await storage.upkeep();
    expect((await takeAll(queue)).map(({ body }) => body)).toEqual(["after"]);
    await storage.close();
  });

  it("drops nothing and keeps its order when the clock is set back", async () => {
    const { path, queue, storage, clock } = await openStand({ monotonic: () => performance.now() });
    await queue.sendInOrder("s", ["one"]);
    clock.advance(-400 * dayMs);
    await queue.sendInOrder("s", ["two"]);
    await storage.upkeep();
    await storage.close();
    const again = await openStand({ path });
    again.clock.advance(-800 * dayMs);
    await again.storage.upkeep();
    expect(await drain(again.queue)).toEqual(["one", "two"]);
    await again.storage.close();
  });

  it("gives the space of delivered messages back although an old one of the same file waits", async () => {
    const { path, queue, storage } = await openStand({ maxBytes: 64 * 2 ** 20 });
    for (let count = 0; count < 10; count++) await queue.send([`${count}`.repeat(2 ** 18)]);
    const messages = await takeAll(queue);
    await queue.delete(
      messages.filter(({ body }) => !String(body).startsWith("2")).map(({ receiptHandle }) => receiptHandle),
    );
    await storage.upkeep();
    const { bytes = 0, messages: left } = storage.facts().queues.get("main") ?? {};
    expect(left).toBe(1);
    expect(bytes).toBeLessThan(2 ** 19);
    await storage.close();
    const again = await openStand({ path });
    const [kept] = await takeAll(again.queue);
    expect([String(kept?.body).slice(0, 3), kept?.receiveCount]).toEqual(["222", 2]);
    await again.storage.close();
  });

  it("is free again when the process that has it is killed", () => {
    const path = temporaryDirectory();
    const script = `
      const { openStorage } = await import(${JSON.stringify(join(import.meta.dirname, "../../../shared/node/disk-queue/storage.ts"))});
      const opened = await openStorage({ path: ${JSON.stringify(path)}, maxBytes: 1e9, maxAgeMs: 1e9, emit() {}, clock: { now: Date.now, sleep: async () => {} } });
      console.log(opened.kind);
      process.kill(process.pid, "SIGKILL");
    `;
    for (let lives = 0; lives < 2; lives++) {
      const run = () => execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
      expect(run).toThrow(expect.objectContaining({ signal: "SIGKILL", stdout: "opened\n" }));
    }
  });
});
