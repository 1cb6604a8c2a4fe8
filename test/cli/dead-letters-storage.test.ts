import { afterEach, describe, expect, it } from "vitest";
import { serveStorage } from "../../shared/node/disk-queue/control-server.ts";
import type { Storage } from "../../shared/node/disk-queue/storage.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import { sluice } from "../support/cli/cli.ts";
import { sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";
import { openStand, takeAll, temporaryDirectory } from "../support/disk/stand.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openReal(path: string): Promise<Storage> {
  const { storage } = await openStand({ path, clock: systemClock, monotonic: () => performance.now() });
  return storage;
}

/** A storage path with three dead letters and a queue for their destination; closed, or of a process that answers. */
async function stand(isRunning: boolean) {
  const path = temporaryDirectory();
  const storage = await openReal(path);
  await storage.queue("grafana-cloud");
  const letters = await Promise.all([
    sampleDeadLetter({ id: "a", service: "checkout", names: ["a1", "a2"] }),
    sampleDeadLetter({ id: "b", service: "cart", names: ["b1"] }),
    sampleDeadLetter({ id: "c", service: "cart", names: ["c1"] }),
  ]);
  await (await storage.queue("dead-letters")).send(letters);
  if (!isRunning) await storage.close();
  else {
    const server = await serveStorage(storage, path);
    cleanups.push(() => storage.close(), server.close);
  }
  const env = { SLUICE_STATE_DIR: temporaryDirectory() };
  return {
    path,
    async run(...args: readonly string[]) {
      const { code, out, err } = await sluice(["dead-letters", ...args, "--storage", path, "--json"], { env });
      return { code, err, report: out === "" ? undefined : JSON.parse(out) };
    },
    /** What is in a queue of the storage, whoever has it. */
    async bodies(name: string) {
      const mine = isRunning ? storage : await openReal(path);
      const messages = await takeAll(await mine.queue(name));
      if (!isRunning) await mine.close();
      return messages.map(({ body }) => body);
    },
  };
}

describe.each([
  ["a running daemon", true],
  ["a daemon that is stopped", false],
])("sluice dead-letters --storage of %s", (_, isRunning) => {
  it("lists, replays into the queue of the destination, and discards", async () => {
    const { run, bodies } = await stand(isRunning);
    const listed = await run("list");
    expect(listed.err).not.toMatch(/error/i);
    expect(listed.report.letters.map(({ id }: { id: string }) => id).sort()).toEqual(["a", "b", "c"]);
    const replayed = await run("replay", "--service", "cart", "--include-stale");
    expect(replayed.code, replayed.err).toBe(0);
    const queued = (await bodies("grafana-cloud")).map((body) => decodeEnvelope(body));
    expect(queued.map((each) => each.kind === "batch" && each.batch.history?.replayOf).sort()).toEqual(["b", "c"]);
    const left = await run("list");
    expect(left.report.letters.map(({ id }: { id: string }) => id)).toEqual(["a"]);
  });

  it("says which path it cannot use", async () => {
    const { code, err } = await sluice(["dead-letters", "list", "--storage", "/nonexistent"], { env: {} });
    expect(code).not.toBe(0);
    expect(err).toContain("/nonexistent is not a storage path of Sluice.");
  });
});
