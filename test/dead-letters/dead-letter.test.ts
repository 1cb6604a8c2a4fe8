import { describe, expect, it } from "vitest";
import { readContent } from "../../shared/dead-letters/content.ts";
import { readDeadLetter } from "../../shared/dead-letters/dead-letter.ts";
import { decodeEnvelope, encodeEnvelope } from "../../shared/queue/envelope.ts";
import { sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";

const at = 1_790_000_000_000;
const read = (body: string) =>
  readDeadLetter({ id: "message", receiptHandle: "r", body, receiveCount: 1, sentAt: at, firstReceivedAt: at }, 1000);

async function changed(change: (header: Record<string, unknown>) => void): Promise<string> {
  const body = await sampleDeadLetter({ id: "a", lastAttemptAt: at - 5, dataAt: at - 60_000 });
  const [line = "", payload = ""] = body.split("\n");
  const header = JSON.parse(line);
  change(header);
  return `${JSON.stringify(header)}\n${payload}`;
}

describe("readDeadLetter()", () => {
  it("reads what flush has written", async () => {
    const { facts } = await read(await sampleDeadLetter({ id: "a", lastAttemptAt: at - 5 }));
    expect(facts).toMatchObject({
      id: "a",
      signal: "logs",
      services: ["checkout"],
      deadLetteredAt: at - 5,
      expiresAt: at + 1000,
    });
  });

  it("looks into the data for what an old header lacks", async () => {
    const body = await changed(({ deadLetter }) => {
      const letter = deadLetter as Record<string, unknown>;
      for (const key of ["oldestAt", "newestAt", "services", "id", "lastAttemptAt"]) delete letter[key];
    });
    const times = { oldestAt: at - 60_000, newestAt: at - 60_000 };
    expect((await read(body)).facts).toMatchObject({
      ...times,
      services: ["checkout"],
      id: "message",
      deadLetteredAt: at,
    });
  });

  it("reads a batch that SQS itself has moved, and what is in it", async () => {
    const body = await changed((header) => {
      delete header.deadLetter;
    });
    const facts = {
      id: "message",
      reason: "redriven",
      deadLetteredAt: at,
      services: ["checkout"],
      oldestAt: at - 60_000,
    };
    expect((await read(body)).facts).toMatchObject(facts);
  });

  it("reads a message that is not a batch", async () => {
    const letter = await read("what is this");
    expect(letter.batch).toBeUndefined();
    expect(letter.facts).toMatchObject({ id: "message", reason: "undecodable", items: 0, bytes: 12 });
    expect(await readContent(letter)).toMatchObject({ kind: "raw", body: "what is this" });
  });

  it("gives the content of a damaged payload as it is", async () => {
    const decoded = decodeEnvelope(
      await sampleDeadLetter({ id: "a", names: Array.from({ length: 50 }, () => "same") }),
    );
    if (decoded.kind !== "batch") throw new Error(decoded.message);
    expect(decoded.batch.encoding).toBe("gzip");
    const payload = Uint8Array.from(decoded.batch.payload).fill(0xff, 12, 40);
    const letter = await read(encodeEnvelope({ ...decoded.batch, payload }));
    expect(await readContent(letter)).toMatchObject({ kind: "raw", why: expect.stringContaining("decompressed") });
    const wrong = { ...decoded.batch, encoding: "identity", payload: new Uint8Array([8, 1]), bytes: 2 } as const;
    expect(await readContent(await read(encodeEnvelope(wrong)))).toMatchObject({ kind: "raw" });
  });
});
