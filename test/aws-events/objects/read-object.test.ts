import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ObjectNotice } from "../../../shared/aws-events/objects/notice.ts";
import { ObjectFault } from "../../../shared/aws-events/objects/object-source.ts";
import { type ObjectOutcome, readObject } from "../../../shared/aws-events/objects/read-object.ts";
import type { Acceptance, ReceivedRequest } from "../../../shared/batch/accept.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { type MemoryObjectOptions, memoryObject } from "../../support/memory-object.ts";
import { decodeWithOracle } from "../../support/otlp/oracle.ts";
import { caseOf } from "./object-cases.ts";

interface Decoded {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly Pair[] };
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly body: { readonly stringValue: string };
        readonly attributes?: readonly Pair[];
      }[];
    }[];
  }[];
}

interface Pair {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Run extends MemoryObjectOptions {
  readonly key?: string;
  readonly maxRequestBytes?: number;
  readonly maxLineBytes?: number;
  readonly deadlineAt?: number;
  readonly notice?: Partial<ObjectNotice>;
  readonly answer?: (request: ReceivedRequest, count: number) => Acceptance;
}

async function read(bytes: Uint8Array, run: Run = {}) {
  const { key = "a.log", maxRequestBytes = 200, maxLineBytes = 1000, answer = () => ({ kind: "accepted" }) } = run;
  const accepted: Decoded[] = [];
  const clock = createManualClock();
  let count = 0;
  const outcome: ObjectOutcome = await readObject(
    { bucket: "b", key, region: "eu-west-1", ...run.notice },
    {
      source: memoryObject(bytes, run),
      clock,
      maxRequestBytes,
      maxLineBytes,
      accept: async (request) => {
        count += 1;
        const given = answer(request, count);
        if (given.kind === "accepted") accepted.push(decodeWithOracle(request.bytes, "logs") as unknown as Decoded);
        return given;
      },
    },
    run.deadlineAt ?? clock.now() + 60_000,
  );
  const records = accepted.flatMap(({ resourceLogs }) => resourceLogs[0]?.scopeLogs[0]?.logRecords ?? []);
  const bodies = records.map(({ body }) => body.stringValue);
  return { outcome, accepted, records, bodies, resource: accepted[0]?.resourceLogs[0]?.resource.attributes ?? [] };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const objectOf = (name: string) => {
  const stored = Buffer.from(String(caseOf(name).input.object_base64), "base64");
  return { key: String(caseOf(name).input.key), bytes: stored[0] === 0x1f ? gunzipSync(stored) : stored };
};
const attributeOf = (record: { readonly attributes?: readonly Pair[] } | undefined, name: string) =>
  Object.values(record?.attributes?.find(({ key }) => key === name)?.value ?? {})[0];

describe("readObject()", () => {
  it("makes a record of each item of a snapshot of AWS Config", async () => {
    const item = (id: string) => ({ configurationItemVersion: "1.3", resourceType: "AWS::S3::Bucket", resourceId: id });
    const snapshot = { fileVersion: "1.0", configSnapshotId: "s", configurationItems: [item("one"), item("two")] };
    const { records } = await read(Buffer.from(JSON.stringify(snapshot)), {
      key: "AWSLogs/123456789012/Config/us-east-2/2024/3/1/ConfigSnapshot/123456789012_Config_us-east-2_ConfigSnapshot_x.json.gz",
    });
    expect(records.map((record) => attributeOf(record, "aws.config.resource_id"))).toEqual(["one", "two"]);
  });

  it("makes a record of each event of CloudTrail", async () => {
    const { key, bytes } = objectOf("cloudtrail-gz");
    const { outcome, records, resource } = await read(bytes, { key, maxLineBytes: 10_000 });
    expect(records.map((record) => attributeOf(record, "aws.cloudtrail.event_id"))).toEqual(["e-1", "e-2"]);
    expect(attributeOf(records[1], "aws.error.code")).toBe("AccessDenied");
    expect(outcome).toMatchObject({ kind: "read", records: 2, unrecognised: 0 });
    expect(resource).toContainEqual({ key: "cloud.account.id", value: { stringValue: "123456789012" } });
    expect(resource).toContainEqual({ key: "cloud.region", value: { stringValue: "us-east-1" } });
    expect(resource).toContainEqual({ key: "aws.s3.key", value: { stringValue: key } });
  });

  it("takes the columns of a flow log from its header, which is not a record", async () => {
    const { key, bytes } = objectOf("vpcflow-s3-header");
    const { records } = await read(bytes, { key });
    expect(records).toHaveLength(1);
    expect(Number(attributeOf(records[0], "aws.vpc.flow.bytes"))).toBe(77);
    expect(attributeOf(records[0], "aws.vpc.flow.vpc_id")).toBe("vpc-abc");
    expect(attributeOf(records[0], "source.address")).toBe("10.0.0.1");
  });

  it("sends a line as it is that is not of the format, and says so", async () => {
    const good = String(caseOf("alb-https").input.line);
    const bad = String(caseOf("alb-bad-line").input.line);
    const key = "123456789012_elasticloadbalancing_us-east-2_app.shop.1_20240301T1200Z_1_x.log.gz";
    const { outcome, records, bodies } = await read(bytesOf(`${good}\n${bad}\n${good}\n`), { key });
    expect(bodies).toEqual([good, bad, good]);
    expect(outcome).toMatchObject({ kind: "read", records: 3, unrecognised: 1 });
    expect(attributeOf(records[1], "sluice.unrecognised")).toBe("not a line of the format alb");
  });

  it("leaves out lines that are too large, and says where they are", async () => {
    const { outcome, bodies } = await read(bytesOf(`a\n${"x".repeat(2000)}\nb`));
    expect(bodies).toEqual(["a", "b"]);
    expect(outcome.refused).toEqual([
      { position: { offset: 2, until: 2003 }, reason: "a line of 2001 bytes is larger than the limit" },
    ]);
  });

  it("gives an object up that is one too large line after the other", async () => {
    const { outcome } = await read(bytesOf(`${"x".repeat(1002)}\n`.repeat(200)), { chunkBytes: 4096 });
    expect(outcome).toMatchObject({ kind: "unusable", reason: "more than 100 of its lines are too large" });
  });

  it("names the range of what was accepted without some of its records", async () => {
    const answer = (): Acceptance => ({ kind: "accepted", rejected: { items: 1, message: "too large for a message" } });
    const { outcome } = await read(bytesOf("a\nb\n"), { answer });
    expect(outcome).toMatchObject({ kind: "read", records: 1 });
    expect(outcome.refused).toEqual([
      { position: { offset: 0, until: 4 }, reason: "1 records were not accepted: too large for a message" },
    ]);
  });

  it("says what an array of records that is cut off comes to, and keeps what was whole", async () => {
    const bytes = bytesOf('{"Records":[{"eventVersion":"1"},{"eventVer');
    const { outcome, bodies } = await read(bytes, { key: "AWSLogs/1/CloudTrail/x.json.gz" });
    expect(bodies).toEqual(['{"eventVersion":"1"}']);
    expect(outcome).toMatchObject({
      kind: "unusable",
      position: { offset: 32 },
      reason: "the object ends before its array of Records does",
    });
  });

  it("asks the queue again until the time is over, and stays where the first request failed", async () => {
    const unavailable: Acceptance = { kind: "unavailable", reason: "the queue is down", retryAfterMs: 5000 };
    const lines = bytesOf("x".repeat(100).concat("\n").repeat(10));
    const { outcome, bodies } = await read(lines, {
      answer: (_, count) => (count > 2 ? unavailable : { kind: "accepted" }),
    });
    expect(outcome).toMatchObject({
      kind: "failed",
      reason: "the queue is down",
      position: { offset: bodies.length * 101 },
    });
  });

  it("goes on in time where the queue has failed once", async () => {
    const unavailable: Acceptance = { kind: "unavailable", reason: "the queue is down", retryAfterMs: 5000 };
    const { outcome, bodies } = await read(bytesOf("a\nb"), {
      answer: (_, count) => (count === 1 ? unavailable : { kind: "accepted" }),
    });
    expect(bodies).toEqual(["a", "b"]);
    expect(outcome.kind).toBe("read");
  });

  it.each([
    ["unusable", new ObjectFault("the object is not whole gzip", true)],
    ["failed", new ObjectFault("the connection was reset", false)],
    ["failed", new Error("the connection was reset")],
  ])("keeps the lines before a fault and is %s behind them", async (kind, fault) => {
    const before = (offset: number) => {
      if (offset > 10) throw fault;
    };
    const { outcome, bodies } = await read(bytesOf("a\nb\nc\nlonger than what came"), { before });
    expect(bodies).toEqual(["a", "b", "c"]);
    expect(outcome).toMatchObject({ kind, position: { offset: 6 }, reason: fault.message });
  });

  it("loses and repeats nothing, wherever it stops and goes on", async () => {
    const cases = [
      { key: "a.log", text: "first\n\nsecond é\r\nthird\n\u{1f600}\nlast" },
      {
        key: "AWSLogs/1/vpcflowlogs/x.log.gz",
        text: "version srcaddr bytes\n2 10.0.0.1 5\nversion bytes srcaddr\n2 6 10.0.0.2\n2 7 10.0.0.3\n",
      },
      {
        key: "AWSLogs/1/CloudTrail/x.json.gz",
        text: '{"x":1,"Records":[{"eventVersion":"1"} ,{"eventVersion":"2"},\n3]}',
      },
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...cases),
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        async ({ key, text }, stops, chunkBytes) => {
          const whole = await read(bytesOf(text), { key });
          const pieces: unknown[] = [];
          let notice: Partial<ObjectNotice> = {};
          for (const stop of [...stops, undefined]) {
            const from = notice.position?.offset ?? 0;
            const before = (offset: number) => {
              if (stop !== undefined && offset - from >= stop) throw new Error("killed");
            };
            const part = await read(bytesOf(text), { key, chunkBytes, before, notice, maxRequestBytes: 60 });
            pieces.push(...part.records);
            notice = { position: part.outcome.position };
            if (part.outcome.kind === "read") break;
          }
          expect(pieces.map(withoutTimes)).toEqual(whole.records.map(withoutTimes));
        },
      ),
    );
  });

  it("reads a range of an object, and nothing else", async () => {
    const { outcome, bodies } = await read(bytesOf("aa\nbb\ncc\ndd\n"), {
      notice: { position: { offset: 3, until: 9 } },
    });
    expect(bodies).toEqual(["bb", "cc"]);
    expect(outcome.kind).toBe("read");
  });

  it("stops at its deadline with what is complete", async () => {
    const { outcome, bodies } = await read(bytesOf("a\nb\nc\nd\ne\n"), { deadlineAt: 0 });
    expect(bodies).toEqual(["a", "b", "c"]);
    expect(outcome).toMatchObject({ kind: "unfinished", position: { offset: 6 } });
  });
});

function withoutTimes(record: unknown): unknown {
  return { ...(record as object), observedTimeUnixNano: undefined };
}
