import { describe, expect, it } from "vitest";
import { createMemoryDisk, type MemoryDisk } from "../../support/disk/memory-disk.ts";
import { openBare } from "../../support/disk/stand.ts";
import { drain } from "../../support/disk/workload.ts";
import type { EmittedEvent } from "../../support/record-events.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const still = () => 0;
const bodies = Array.from({ length: 12 }, (_, index) => `body ${index} ${"y".repeat(index * 13)}`);

/** A disk on which a process has put `bodies` before it was killed. */
async function filled(given: readonly (string | Uint8Array)[] = bodies): Promise<MemoryDisk> {
  const disk = createMemoryDisk({ random: still });
  const queue = await openBare(disk.files);
  for (const body of given) expect(await queue.send([body])).toEqual({ kind: "sent" });
  disk.crash("kill");
  return disk;
}

async function reopened(disk: MemoryDisk): Promise<{ found: readonly string[]; events: EmittedEvent[] }> {
  const events: EmittedEvent[] = [];
  const found = await drain(await openBare(disk.files, events));
  return { found, events };
}

function fileOf(disk: MemoryDisk, extension: string): [string, Buffer] {
  const found = [...disk.contents].find(([path]) => path.endsWith(extension));
  if (!found) throw new Error(`there is no ${extension}`);
  return found;
}

/** Without the space behind the records. */
function writtenBytes(content: Uint8Array): number {
  return content.findLastIndex((byte) => byte !== 0) + 1;
}

describe("a disk queue with a damaged file", () => {
  it.each([
    ["where the file ends", false],
    ["inside of the space that was made ahead", true],
  ])("cuts every torn prefix of the last record, tells how many bytes, and goes on: %s", async (_, isInSpace) => {
    const before = writtenBytes(fileOf(await filled(bodies.slice(0, -1)), ".segment")[1]);
    const whole = writtenBytes(fileOf(await filled(), ".segment")[1]);
    expect(whole).toBeGreaterThan(before);
    for (let size = before; size < whole; size++) {
      const disk = await filled();
      const [path, content] = fileOf(disk, ".segment");
      const torn = content.subarray(0, size);
      disk.replace(path, isInSpace ? Buffer.concat([torn], content.length) : Buffer.from(torn));
      const events: EmittedEvent[] = [];
      const queue = await openBare(disk.files, events);
      const bytes = writtenBytes(torn) - before;
      expect(events).toEqual(bytes > 0 ? [{ name: "storage.cut", fields: { queue: "main", bytes } }] : []);
      expect(await queue.send(["new"])).toEqual({ kind: "sent" });
      expect(await drain(queue)).toEqual([...bodies.slice(0, -1), "new"]);
    }
  });

  it("has space ahead of its records, and takes it back when a file is done with", async () => {
    const disk = await filled();
    const [, content] = fileOf(disk, ".segment");
    expect(content.length).toBeGreaterThan(writtenBytes(content) + 2000);
    await (await openBare(disk.files)).close();
    expect(fileOf(disk, ".segment")[1].length).toBe(writtenBytes(content) + 48);
  });

  it("loses the damaged record alone, and tells it, wherever one byte of its file is changed", async () => {
    const written = writtenBytes(fileOf(await filled(), ".segment")[1]);
    for (let at = 0; at < written; at++) {
      const disk = await filled();
      const [path, bytes] = fileOf(disk, ".segment");
      bytes[at] = (bytes[at] ?? 0) ^ 0x41;
      disk.replace(path, bytes);
      const { found, events } = await reopened(disk);
      expect(found, `byte ${at}`).toHaveLength(bodies.length - 1);
      expect(found.every((body) => bodies.includes(body))).toBe(true);
      expect(events.some(({ name }) => name === "storage.damaged" || name === "storage.cut")).toBe(true);
    }
  });

  it("delivers again, and never wrongly, where the file of what became of the records is damaged", async () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = seededRandom(seed);
      const disk = createMemoryDisk({ random: still });
      const queue = await openBare(disk.files);
      await queue.send(bodies);
      const received = await queue.receive({ maxMessages: 6, leaseSeconds: 60 });
      if (received.kind === "failed") throw new Error(received.reason);
      await queue.delete(received.messages.map(({ receiptHandle }) => receiptHandle));
      disk.crash("kill");
      const [path, bytes] = fileOf(disk, ".state");
      for (let changes = 0; changes < 5; changes++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      disk.replace(path, bytes);
      const { found } = await reopened(disk);
      expect(bodies.slice(6).every((body) => found.includes(body))).toBe(true);
      expect(found.every((body) => bodies.includes(body))).toBe(true);
      expect(new Set(found).size).toBe(found.length);
    }
  });

  it("never crashes and never delivers what nobody sent, whatever is in its files", async () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = seededRandom(seed);
      const disk = await filled();
      for (const [path, bytes] of disk.contents) {
        if (random() < 0.3) bytes.fill(Math.floor(random() * 256), Math.floor(random() * bytes.length));
        for (let changes = random() * 20; changes > 0; changes--) {
          bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        }
        disk.replace(path, random() < 0.3 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes);
      }
      disk.replace("/queue/not a segment.segment", Buffer.from("nothing"));
      const { found } = await reopened(disk);
      expect(found.every((body) => bodies.includes(body))).toBe(true);
    }
  });

  it("delivers what is whole of several segments, sealed ones too, whatever is changed in their files", async () => {
    const many = Array.from({ length: 60 }, (_, index) => `${index} ${"z".repeat((index * 397) % 2500)}`);
    for (let seed = 0; seed < 80; seed++) {
      const random = seededRandom(seed);
      const disk = createMemoryDisk({ random: still });
      const queue = await openBare(disk.files);
      for (const body of many) await queue.send([body]);
      const received = await queue.receive({ maxMessages: 25, leaseSeconds: 60 });
      const messages = received.kind === "received" ? received.messages : [];
      await queue.delete(messages.map(({ receiptHandle }) => receiptHandle));
      await queue.upkeep();
      if (random() < 0.5) await queue.close();
      disk.crash("kill");
      const files = [...disk.contents];
      expect(files.filter(([path]) => path.endsWith(".segment")).length).toBeGreaterThan(1);
      const [path, bytes] = files[Math.floor(random() * files.length)] ?? fileOf(disk, ".segment");
      const at = Math.floor(random() * bytes.length);
      bytes.fill(Math.floor(random() * 256), at, Math.min(bytes.length, at + Math.floor(random() * 40)));
      disk.replace(path, bytes);
      const { found } = await reopened(disk);
      expect(found.every((body) => many.includes(body))).toBe(true);
      expect(new Set(found).size).toBe(found.length);
      const lost = many.slice(25).filter((body) => !found.includes(body));
      // 40 bytes touch two records at most.
      expect(lost.length, `seed ${seed}`).toBeLessThanOrEqual(2);
      if (path.endsWith(".state")) expect(lost).toEqual([]);
    }
  });

  it("takes no record for one that stands inside the body of another", async () => {
    const [, content] = fileOf(await filled(), ".segment");
    const disk = await filled(["first", content, "last"]);
    const [path, bytes] = fileOf(disk, ".segment");
    const inside = bytes.indexOf(content);
    // The header before the body is damaged: what comes next looks like records.
    bytes[inside - 10] = (bytes[inside - 10] ?? 0) ^ 1;
    disk.replace(path, bytes);
    expect((await reopened(disk)).found).toEqual(["first", "last"]);
  });
});
