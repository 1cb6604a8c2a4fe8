import { describe, expect, it } from "vitest";
import { readContinuation, writeContinuation, writeDeadLetter } from "../../shared/aws-events/objects/continuation.ts";
import { readNotices } from "../../shared/aws-events/objects/read-notices.ts";
import { settleUnreadable } from "../../shared/aws-events/objects/settle-object.ts";
import { readContent } from "../../shared/dead-letters/content.ts";
import { readDeadLetter } from "../../shared/dead-letters/dead-letter.ts";
import { isNotice } from "../../shared/dead-letters/object-letter.ts";
import { sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";

const at = 1_790_000_000_000;
const read = (body: string) =>
  readDeadLetter({ id: "message", receiptHandle: "r", body, receiveCount: 1, sentAt: at, firstReceivedAt: at }, 1000);
const notice = { bucket: "logs", key: "a b/ü.log.gz", region: "eu-west-1", versionId: "v1", size: 77 };
const told = { reason: "the line is longer than 1048576 bytes", at: at - 5 };
const event = (...keys: readonly string[]) =>
  JSON.stringify({
    Records: keys.map((key) => ({
      eventVersion: "2.1",
      eventName: "ObjectCreated:Put",
      awsRegion: "eu-west-1",
      s3: { bucket: { name: "logs" }, object: { key, size: 5 } },
    })),
  });

describe("readDeadLetter() of an object in S3", () => {
  it("has the reason, the object and the part of it", async () => {
    const position = { offset: 100, until: 200, header: "version account-id" };
    const letter = await read(writeDeadLetter({ ...notice, position, attempts: 3 }, told));
    expect(letter.facts).toEqual({
      id: "message",
      signal: "logs",
      services: ["s3://logs"],
      reason: "unreadable",
      message: "s3://logs/a b/ü.log.gz, bytes 100 to 200: the line is longer than 1048576 bytes",
      object: { bucket: "logs", key: "a b/ü.log.gz", versionId: "v1", size: 77, offset: 100, until: 200 },
      items: 0,
      bytes: expect.any(Number),
      replays: 0,
      deadLetteredAt: at - 5,
      expiresAt: at + 1000,
    });
    expect(await readContent(letter)).toMatchObject({ kind: "notice" });
  });

  it("goes back as the same notice, and counts how often", async () => {
    const position = { offset: 100, until: 200, header: "version account-id" };
    const first = await read(writeDeadLetter({ ...notice, position, attempts: 3 }, told));
    const back = readContinuation(JSON.parse(first.again?.() ?? ""));
    expect(back).toEqual({ ...notice, position, attempts: 0, replays: 1 });
    const second = await read(writeDeadLetter({ ...notice, ...back }, told));
    expect(second.facts.replays).toBe(1);
    expect(readContinuation(JSON.parse(second.again?.() ?? ""))).toMatchObject({ replays: 2 });
  });

  it("does not show what only zlib reads, and sends it back all the same", async () => {
    const gzip = { at: 5, bits: 3, inflated: 90, window: "QUJD".repeat(10_000), crc: 1, size: 90 };
    const letter = await read(writeDeadLetter({ ...notice, position: { offset: 100, gzip } }, told));
    const content = await readContent(letter);
    expect(JSON.stringify(content.kind === "notice" && content.json())).not.toContain("QUJDQUJD");
    expect(readContinuation(JSON.parse(letter.again?.() ?? ""))?.position).toEqual({ offset: 100, gzip });
  });

  it("is one that SQS has moved where it has no reason", async () => {
    expect((await read(event("one+two.log"))).facts).toMatchObject({
      reason: "redriven",
      deadLetteredAt: at,
      object: { bucket: "logs", key: "one two.log", offset: 0 },
      message: "s3://logs/one two.log: received too often without being settled: moved by SQS",
    });
    const several = await read(event("one.log", "two.log"));
    expect(several.facts.message).toContain("s3://logs/one.log, and 1 more: ");
    expect(several.again?.()).toBe(event("one.log", "two.log"));
    const rest = await read(writeContinuation({ ...notice, position: { offset: 7 }, attempts: 9 }));
    expect(rest.facts).toMatchObject({ reason: "redriven", object: { offset: 7 } });
    expect(readContinuation(JSON.parse(rest.again?.() ?? ""))).toMatchObject({ attempts: 0, position: { offset: 7 } });
  });

  it("is sent again where it was no notice, and never holds another letter", async () => {
    const body = writeDeadLetter({ message: "what is this" }, { reason: "the message is not a JSON object", at });
    const letter = await read(body);
    expect(letter.facts).toMatchObject({ reason: "undecodable", message: "the message is not a JSON object" });
    const sent = letter.again?.() ?? "";
    expect(readNotices(sent)).toMatchObject({ kind: "unreadable" });
    const [again] = settleUnreadable(sent, "still not", { receiveCount: 4, at: at + 1 }).deadLetters;
    expect(JSON.parse(again?.body ?? "")).toMatchObject({ message: "what is this", reason: "still not" });
  });

  it.each([
    "what is this",
    "{",
    "{}",
    "[]",
    '{"continuation":"sluice-object/1"}',
    '{"continuation":"sluice-object/1","notice":{"bucket":3}}',
    '{"Records":[]}',
    '{"Service":"Amazon S3","Event":"s3:TestEvent"}',
  ])("is nothing that can be sent where the message says nothing: %s", async (body) => {
    const letter = await read(body);
    expect(letter.facts).toMatchObject({ reason: "undecodable", items: 0 });
    expect(letter.again).toBeUndefined();
    expect(isNotice(body)).toBe(false);
  });

  it("is not a batch, and a batch is not a notice", async () => {
    expect(isNotice(await sampleDeadLetter({ id: "a" }))).toBe(false);
    expect(isNotice(writeContinuation(notice))).toBe(true);
  });
});
