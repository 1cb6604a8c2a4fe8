import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { findChecker, type Moto, startMoto } from "../support/infra/checkers.ts";
import { createS3Stand, type ObjectsHandler } from "../support/objects/s3-stand.ts";

const motoServer = findChecker("moto_server");
/** Of which the function keeps 20 s. */
const plentyMs = 60_000;

describe.skipIf(!motoServer)(
  "objects in S3, announced through SQS, in moto (skipped where moto_server is not found)",
  () => {
    let moto: Moto;
    let stand: Awaited<ReturnType<typeof createS3Stand>>;
    let handler: ObjectsHandler;

    beforeAll(async () => {
      moto = await startMoto(motoServer ?? "");
      stand = await createS3Stand(moto);
      const environment = { ...moto.env, ...stand.env, SLUICE_LOG_LEVEL: "error", SLUICE_MAX_EXPORT_BYTES: "64KiB" };
      for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
      vi.spyOn(process.stdout, "write").mockImplementation(() => true);
      ({ handler } = await import("../../functions/entry/objects.ts"));
    });
    afterEach(async () => {
      await stand.takeBodies();
      await stand.takeDeadLetters();
    });
    afterAll(async () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      await moto?.stop();
    });

    it("become records in the queue, every line once, whatever the key and the form", async () => {
      await stand.put("a b/ü+(1).log.gz", Buffer.concat([gzipSync("one\ntwo\n"), gzipSync("three\n")]));
      await stand.put("plain%20.txt", "four\r\nfive");
      await stand.put(
        "AWSLogs/123456789012/CloudTrail/us-east-1/x.json.gz",
        gzipSync('{"Records":[{"eventVersion":"1.09"}]}'),
      );
      await stand.put("empty.log", "");
      await stand.put("AWSLogs/123456789012/CloudTrail-Digest/us-east-1/d.json.gz", gzipSync("{}"));
      await stand.run(handler, plentyMs);
      const bodies = await stand.takeBodies();
      expect([...bodies].sort()).toEqual(["five", "four", "one", "three", "two", '{"eventVersion":"1.09"}']);
      expect(await stand.takeDeadLetters()).toEqual([]);
    });

    it("are read by several invocations where one has not the time, and nothing is lost or repeated", async () => {
      const lines = Array.from(
        { length: 20_000 },
        (_, at) => `line ${at} of an object that takes more than one invocation`,
      );
      await stand.put("large.log.gz", gzipSync(lines.join("\n")));
      // Each has 60 ms before it must stop.
      const invocations = await stand.run(handler, 20_060);
      const bodies = await stand.takeBodies();
      expect(invocations).toBeGreaterThan(1);
      expect(bodies.length).toBe(lines.length);
      expect(new Set(bodies)).toEqual(new Set(lines));
    });

    it("are dead-lettered where they are damaged, with what was whole delivered and the reason in the letter", async () => {
      const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at} ${Math.sin(at)}`);
      const whole = gzipSync(lines.join("\n"));
      await stand.put("cut.log.gz", whole.subarray(0, whole.length / 2));
      await stand.run(handler, plentyMs);
      const bodies = await stand.takeBodies();
      expect(bodies.length).toBeGreaterThan(1000);
      expect(new Set(bodies)).toEqual(new Set(lines.slice(0, bodies.length)));
      const [letter = "", ...more] = await stand.takeDeadLetters();
      expect(more).toEqual([]);
      const { reason, notice } = JSON.parse(letter);
      expect(reason).toBe("the object is not whole gzip: unexpected end of file");
      expect(notice).toMatchObject({ bucket: "logs", key: "cut.log.gz" });

      // Repaired, and the letter sent again: only what is missing is read, unless the object is another one by now.
      await stand.put("cut.log.gz", whole);
      await stand.sendNotice(letter);
      await stand.run(handler, plentyMs);
      expect((await stand.takeBodies()).length).toBe(lines.length);
      expect(await stand.takeDeadLetters()).toEqual([]);
    });

    it("are read on where a dead letter says when it is replayed, and only there", async () => {
      await stand.put("long.txt", `one\n${"x".repeat(1_100_000)}\ntwo\n`);
      await stand.run(handler, plentyMs);
      expect(await stand.takeBodies()).toEqual(["one", "two"]);
      const replayed = await stand.replayDeadLetters();
      expect(replayed.letters).toMatchObject([
        {
          outcome: "replayed",
          reason: "unreadable",
          services: ["s3://logs"],
          object: { bucket: "logs", key: "long.txt", offset: 4, until: 1_100_005 },
        },
      ]);
      // Nothing has changed: the same line is too large again, and nothing else is read.
      await stand.run(handler, plentyMs);
      expect(await stand.takeBodies()).toEqual([]);
      const [letter = ""] = await stand.takeDeadLetters();
      expect(JSON.parse(letter)).toMatchObject({ notice: { key: "long.txt", replays: 1, position: { offset: 4 } } });
    });

    it("that were deleted before they were read are let go", async () => {
      await stand.put("gone.log", "one\n");
      await stand.delete("gone.log");
      await stand.run(handler, plentyMs);
      expect(await stand.takeBodies()).toEqual([]);
      expect(await stand.takeDeadLetters()).toEqual([]);
    });
  },
);
