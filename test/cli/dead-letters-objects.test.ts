import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../local/embedded-sqs.ts";
import { createSqsClient } from "../../shared/aws/sqs/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { readContinuation, writeDeadLetter } from "../../shared/aws-events/objects/continuation.ts";
import type { DeadLetterReport } from "../../shared/dead-letters/report.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import { sluice } from "../support/cli/cli.ts";
import { sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";

const directory = mkdtempSync(join(tmpdir(), "sluice-object-letters-"));
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const hour = 3_600_000;
const notice = { bucket: "alb-logs", key: "one.log.gz", region: "eu-west-1" };
let sqs: EmbeddedSqs;
let serial = 0;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir: join(directory, "queues") });
});
afterAll(async () => {
  await sqs.stop();
  rmSync(directory, { recursive: true });
});

function letter(key: string, position: { offset: number; until?: number }): string {
  const told = { reason: "the object is not whole gzip", at: Date.now() - hour };
  return writeDeadLetter({ ...notice, key, position }, told);
}

/** A stage that reads objects, with a dead letter of a batch and these of objects. */
async function stageWith(...objectLetters: readonly string[]) {
  serial += 1;
  const client = createSqsClient({ endpoint: sqs.endpoint, region, credentials });
  const queue = (name: string) => sqs.createQueue(`${serial}-${name}`, {}).url;
  const [letters, notices] = [queue("letters"), queue("notice-letters")];
  await createSqsQueue({ client, queueUrl: letters }).send([await sampleDeadLetter({ id: "a", names: ["one"] })]);
  await createSqsQueue({ client, queueUrl: notices }).send(objectLetters);
  const env: Record<string, string> = {
    SLUICE_QUEUE_URL: queue("batches"),
    SLUICE_DEAD_LETTER_QUEUE_URL: letters,
    SLUICE_OBJECTS_QUEUE_URL: queue("notices"),
    SLUICE_OBJECTS_DEAD_LETTER_QUEUE_URL: notices,
    SLUICE_STATE_DIR: join(directory, `state-${serial}`),
  };
  async function run(...args: readonly string[]) {
    const { code, out, err } = await sluice(["dead-letters", ...args, "--json"], { env });
    const report: DeadLetterReport = out === "" ? undefined : JSON.parse(out);
    return { code, err, report };
  }
  return { env, run, bodies: (name: string) => sqs.bodies(`${serial}-${name}`) };
}

describe("sluice dead-letters, where objects of S3 are read", () => {
  test("lists both kinds in one, selects by bucket and reason, and shows reason and position", async () => {
    const { env, run } = await stageWith(
      letter("one.log.gz", { offset: 10 }),
      letter("two.log", { offset: 5, until: 9 }),
    );
    const { report } = await run("list");
    expect(report).toMatchObject({ ended: "all", counts: { kept: 3 } });
    expect(report.groups).toMatchObject([
      { signal: "logs", services: "s3://alb-logs", reason: "unreadable", letters: 2 },
      { signal: "logs", services: "checkout", reason: "rejected", letters: 1 },
    ]);
    expect((await run("list", "--reason", "unreadable", "--service", "s3://alb-logs")).report.letters).toHaveLength(2);
    const id = report.letters.find(({ object }) => object?.key === "two.log")?.id ?? "";
    const { out } = await sluice(["dead-letters", "show", id], { env });
    expect(out).toMatch(/^object +s3:\/\/alb-logs\/two.log$/m);
    expect(out).toMatch(/^position +byte 5 to 9, inflated$/m);
    expect(out).toMatch(/^message +s3:\/\/alb-logs\/two.log, bytes 5 to 9: the object is not whole gzip$/m);
    const status = await sluice(["status"], { env });
    expect(status.out).toMatch(/^objects dead letters +2$/m);
  });

  test("sends each letter back into the queue that it came from", async () => {
    const { run, bodies } = await stageWith(
      letter("one.log.gz", { offset: 10 }),
      letter("two.log", { offset: 5, until: 9 }),
    );
    const { code, report } = await run("replay");
    expect({ code, counts: report.counts }).toMatchObject({ code: 0, counts: { replayed: 3, failed: 0 } });
    expect(bodies("batches").map(decodeEnvelope)).toMatchObject([
      { kind: "batch", batch: { history: { replayOf: "a" } } },
    ]);
    expect([...bodies("letters"), ...bodies("notice-letters")]).toEqual([]);
    expect(bodies("notices").map((body) => readContinuation(JSON.parse(body)))).toEqual([
      { ...notice, attempts: 0, replays: 1, position: { offset: 10 } },
      { ...notice, key: "two.log", attempts: 0, replays: 1, position: { offset: 5, until: 9 } },
    ]);
  });

  test("discards and exports them like any other", async () => {
    const { run, bodies } = await stageWith(letter("one.log.gz", { offset: 10 }));
    const out = join(directory, `export-${serial}`);
    expect(await run("export", "--out", out, "--reason", "unreadable")).toMatchObject({ code: 0 });
    const [file = ""] = readdirSync(out).filter((name) => name.startsWith("logs-"));
    expect(JSON.parse(readFileSync(join(out, file), "utf8"))).toMatchObject({ notice: { key: "one.log.gz" } });
    const discarded = await run("discard", "--reason", "unreadable", "--comment", "a test", "--yes");
    expect(discarded.report.counts).toMatchObject({ discarded: 1, notSelected: 1 });
    expect(bodies("notice-letters")).toEqual([]);
  });

  test("says that they are left out where their queues cannot be read", async () => {
    const { env, run } = await stageWith();
    env.SLUICE_OBJECTS_QUEUE_URL = env.SLUICE_QUEUE_URL?.replace(/[^/]+$/, "absent") ?? "";
    const { code, err, report } = await run("list");
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringContaining("Dead letters of objects in S3 are left out"),
    });
    expect(report.counts).toMatchObject({ kept: 1 });
  });
});
