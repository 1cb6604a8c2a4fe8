import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { contentOf } from "../../shared/batch/content.ts";
import { createKeepRefusedRecords } from "../../shared/commit/keep-refused-records.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";
import { createMemoryQueue } from "../support/queue/memory-queue.ts";

const origin = [{ name: "aws.firehose.request_id", value: "r-1" }];

function start(fault?: () => string) {
  const clock = { now: () => 10 };
  const deadLetters = createMemoryQueue({ clock, ...(fault && { fault }) });
  let id = 0;
  const newId = () => `id-${++id}`;
  const keep = createKeepRefusedRecords({ deadLetters, clock, newId, emit: () => {}, destination: "grafana-cloud" });
  const letters = () =>
    Promise.all(
      [...deadLetters.messages.values()].map(async ({ body }) => {
        const decoded = decodeEnvelope(body);
        if (decoded.kind !== "batch") throw new Error(decoded.message);
        const bytes = await contentOf(decoded.batch);
        return { ...decoded.batch, text: JSON.stringify(decodeWithOracle(bytes ?? new Uint8Array(), "logs")) };
      }),
    );
  return { keep, letters };
}

describe("createKeepRefusedRecords()", () => {
  it("keeps a record as the body of a log record, with the reason and where it came from", async () => {
    const { keep, letters } = start();
    const refused = [{ reason: "base64", message: "Record 1 has no data in base64.", bytes: Buffer.from("né") }];
    expect(await keep(refused, origin)).toBe(true);
    const [letter] = await letters();
    expect(letter).toMatchObject({
      format: "otlp/logs",
      items: 1,
      deadLetter: { reason: "undecodable", message: "base64: Record 1 has no data in base64." },
    });
    for (const part of ['"né"', "r-1", "sluice.refused.reason"]) expect(letter?.text).toContain(part);
  });

  it("puts small records with one reason into one letter, and each reason into its own", async () => {
    const { keep, letters } = start();
    const many = Array.from({ length: 1000 }, (_, index) => ({
      reason: index % 2 === 0 ? "gzip" : "base64",
      message: `Record ${index}.`,
      bytes: Buffer.of(0xff, index),
    }));
    expect(await keep(many, origin)).toBe(true);
    expect((await letters()).map(({ items }) => items)).toEqual([500, 500]);
  });

  it("keeps all of a large record that is not text, in letters that the queue takes", async () => {
    const { keep, letters } = start();
    const bytes = randomBytes(1_000_000);
    expect(await keep([{ reason: "framing", message: "cut off", bytes }], origin)).toBe(true);
    const texts = (await letters()).map(({ text }) => text);
    expect(texts).toHaveLength(2);
    const bodies = texts.map((text) => /"body":\{"stringValue":"([^"]*)"/.exec(text)?.[1] ?? "");
    expect(Buffer.concat(bodies.map((body) => Buffer.from(body, "base64"))).equals(bytes)).toBe(true);
  });

  it("says so where the queue fails, and needs none for nothing", async () => {
    const { keep } = start(() => "throttled");
    expect(await keep([{ reason: "gzip", message: "x" }], origin)).toBe(false);
    expect(await keep([], origin)).toBe(true);
  });
});
