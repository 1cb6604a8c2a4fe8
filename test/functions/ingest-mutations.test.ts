import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIngest } from "../../functions/ingest.ts";
import { formats } from "../../shared/batch/formats.ts";
import { albEvent, answerOf } from "../support/lambda/lambda-events.ts";
import { backToFront, oneLog, onePoint, oneSpan } from "../support/otlp/cases/bodies.ts";
import { bodyOf, type EdgeCase, json, protobuf, signalOf } from "../support/otlp/cases/edge-case.ts";
import { edgeCases } from "../support/otlp/cases.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";
import { createRecordingAccept } from "../support/queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

const runs = 20_000;
const paths = ["/v1/traces", "/v1/metrics", "/v1/logs"];
const gzipped = { ...protobuf, "content-encoding": "gzip" };

/** Valid requests of every kind, small ones: those of the cases that are to be accepted. */
const valid = edgeCases.filter((edge) => edge.expect.status === 200 && bodyOf(edge).length < 2000 && signalOf(edge));

type Mutation = (body: Buffer, other: Buffer) => Buffer;

const at = fc.nat(4000);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(at, fc.nat(7)).map(
    ([position, bit]): Mutation =>
      (body) =>
        flip(body, position, 1 << bit),
  ),
  fc.tuple(at, fc.nat(255)).map(
    ([position, byte]): Mutation =>
      (body) =>
        flip(body, position, byte),
  ),
  at.map(
    (end): Mutation =>
      (body) =>
        body.subarray(0, end % (body.length + 1)),
  ),
  fc.tuple(at, at).map(
    ([from, to]): Mutation =>
      (body, other) =>
        splice(body, from, other.subarray(to % (other.length + 1))),
  ),
  fc.tuple(at, fc.uint8Array({ maxLength: 12 })).map(
    ([from, bytes]): Mutation =>
      (body) =>
        splice(body, from, bytes),
  ),
);

/** Sends one body and holds the answer against what is true of every answer. */
async function send(edge: EdgeCase): Promise<number> {
  const { accept, received } = createRecordingAccept();
  const events: EmittedEvent[] = [];
  const ingest = createIngest({ accept, emit: recordEvents(events), maxBodyBytes: 100_000 });
  const answer = answerOf(await ingest(albEvent(edge)));
  expect([200, 400, 413]).toContain(answer.status);
  expect(events.map(({ name }) => name)).not.toContain("code.crashed");
  expect(received.length).toBeLessThanOrEqual(answer.status === 200 ? 1 : 0);
  for (const request of received) decodeWithOracle(request.bytes, formats[request.format].signal);
  return answer.status;
}

describe("createIngest(), on mutated requests", () => {
  it("answers each, and what it accepts the official codec can decode", async () => {
    const chosen = fc.tuple(
      fc.constantFrom(...valid),
      fc.constantFrom(...valid),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
    );
    const property = fc.asyncProperty(chosen, async ([edge, other, mutations]) => {
      const start: Buffer = Buffer.from(bodyOf(edge));
      const body = mutations.reduce((bytes, mutate) => mutate(bytes, Buffer.from(bodyOf(other))), start);
      await send({ ...edge, body });
    });
    await fc.assert(property, { numRuns: runs, seed: 20 });
  });

  it("answers any bytes", async () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
    );
    const anything = fc.tuple(bodies, fc.constantFrom(...paths), fc.constantFrom(json, protobuf, gzipped));
    const property = fc.asyncProperty(anything, async ([body, path, headers]) => {
      await send({ name: "anything", path, headers, body, expect: { status: 200 } });
    });
    await fc.assert(property, { numRuns: runs / 4, seed: 21 });
  });

  it("answers every truncation and every flipped bit of a small request", async () => {
    const statuses = new Set<number>();
    for (const [path, body] of [
      ["/v1/traces", oneSpan],
      ["/v1/traces", backToFront],
      ["/v1/logs", oneLog],
      ["/v1/metrics", onePoint],
    ] as const) {
      for (let position = 0; position < body.length; position++) {
        const cut = { name: "cut", path, body: body.subarray(0, position), expect: { status: 200 } };
        statuses.add(await send(cut));
        for (let bit = 0; bit < 8; bit++) {
          const flipped = flip(body, position, 1 << bit);
          const plain = { name: "flipped", path, body: flipped, expect: { status: 200 } };
          const status = await send(plain);
          expect(await send({ ...plain, headers: gzipped, body: gzipSync(flipped, { level: 1 }) })).toBe(status);
        }
      }
    }
    expect([...statuses].sort()).toEqual([200, 400]);
  });
});

function flip(body: Buffer, position: number, mask: number): Buffer {
  const copy = Buffer.from(body);
  if (copy.length > 0) copy[position % copy.length] = (copy[position % copy.length] ?? 0) ^ mask;
  return copy;
}

function splice(body: Buffer, position: number, bytes: Uint8Array): Buffer {
  const split = position % (body.length + 1);
  return Buffer.concat([body.subarray(0, split), bytes, body.subarray(split)]);
}
