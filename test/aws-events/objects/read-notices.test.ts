import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareSequencers } from "../../../shared/aws-events/objects/compare-sequencers.ts";
import { writeContinuation } from "../../../shared/aws-events/objects/continuation.ts";
import { decodeKey } from "../../../shared/aws-events/objects/decode-key.ts";
import { identityOf, type ObjectNotice } from "../../../shared/aws-events/objects/notice.ts";
import { type Notices, readNotices } from "../../../shared/aws-events/objects/read-notices.ts";
import { caseOf } from "./object-cases.ts";

interface QueueEvent {
  readonly Records: readonly { readonly body: string }[];
}

const notice: ObjectNotice = { bucket: "b", key: "k.gz", region: "eu-west-1" };

function bodiesOf(name: string): readonly string[] {
  const { lambda_event } = caseOf(name).input as { readonly lambda_event: QueueEvent };
  return lambda_event.Records.map(({ body }) => body);
}

function keysOf(notices: Notices): readonly string[] {
  return notices.kind === "notices" ? notices.notices.map(({ key }) => key) : [];
}

function fromEventBridge(object: object, more: object = {}): string {
  const detail = { version: "0", bucket: { name: "logs" }, object, reason: "PutObject" };
  return JSON.stringify({ source: "aws.s3", "detail-type": "Object Created", region: "eu-west-1", detail, ...more });
}

describe("readNotices()", () => {
  it.each(["s3-key-space-and-plus", "s3-key-bad-percent", "s3-sns-wrapped"])("decodes the keys of %s", (name) => {
    const [body = ""] = bodiesOf(name);
    expect(keysOf(readNotices(body))).toEqual(caseOf(name).values.keys);
  });

  it("asks for nothing where S3 tries out its permission to notify", () => {
    const [body = ""] = bodiesOf("s3-test-event");
    expect(readNotices(body)).toEqual({ kind: "notices", notices: [], skipped: ["test-event"] });
  });

  it("skips what was deleted, folders and empty objects", () => {
    const [body = ""] = bodiesOf("s3-removed-and-folder");
    expect(readNotices(body)).toEqual({ kind: "notices", notices: [], skipped: ["other-event", "folder", "empty"] });
  });

  it("tells of the same bytes twice by one identity, and says what it cannot read", () => {
    const [first = "", second = "", third = ""] = bodiesOf("s3-duplicate-and-partial");
    const read = [first, second].map(readNotices);
    const [one, other] = read.flatMap((notices) => (notices.kind === "notices" ? notices.notices : []));
    expect(one && identityOf(one)).toBe(other && identityOf(other));
    expect(readNotices(third)).toEqual({ kind: "unreadable", reason: "the message is not a JSON object" });
  });

  it("keeps all that identifies the bytes", () => {
    const [body = ""] = bodiesOf("s3-key-bad-percent");
    expect(readNotices(body)).toMatchObject({
      notices: [
        {
          bucket: "logs-bkt",
          key: "100%zz.gz",
          region: "us-west-2",
          etag: "d41d8cd98f00b204e9800998ecf8427e",
          size: 1024,
          sequencer: "0065E1B2C3D40191AB",
          writtenAt: Date.parse("2024-03-01T12:00:00Z"),
        },
      ],
    });
  });

  it("does not decode the keys of EventBridge", () => {
    const body = fromEventBridge({ key: "a+b%20c.gz", size: 5, etag: "e", "version-id": "v1", sequencer: "00" });
    expect(readNotices(body)).toMatchObject({ notices: [{ key: "a+b%20c.gz", versionId: "v1", etag: "e", size: 5 }] });
  });

  it("skips other events of EventBridge, digests of CloudTrail and files that only try out a permission", () => {
    const digest = "AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2024/03/01/d.json.gz";
    const bodies = [
      fromEventBridge({ key: "a", size: 5 }, { "detail-type": "Object Deleted" }),
      fromEventBridge({ key: digest, size: 5 }),
      fromEventBridge({ key: "AWSLogs/123456789012/ELBAccessLogTestFile", size: 5 }),
      fromEventBridge({ key: "dir/", size: 0 }),
      fromEventBridge({ key: "e", size: 0 }),
      fromEventBridge({ size: 5 }),
    ];
    const skipped: readonly string[] = bodies
      .map(readNotices)
      .flatMap((read) => (read.kind === "notices" ? [...read.skipped] : ["unreadable"]));
    expect(skipped).toEqual(["other-event", "digest", "test-file", "folder", "empty", "malformed"]);
  });

  it("reads versions 2.x of notices, and refuses others", () => {
    const [body = ""] = bodiesOf("s3-key-bad-percent");
    expect(readNotices(body.replace('"2.1"', '"2.9"')).kind).toBe("notices");
    expect(readNotices(body.replace('"2.1"', '"3.0"'))).toEqual({
      kind: "unreadable",
      reason: "version 3.0 of S3's notices is not supported, only 2.x",
    });
  });

  it.each([
    ["an array", "[]"],
    ["no records", "{}"],
    ["records that name nothing", '{"Records":[{"eventName":"ObjectCreated:Put"}, 7]}'],
    ["a notification in a notification", JSON.stringify({ Type: "Notification", Message: '{"Type":"Notification"}' })],
    ["SNS with a text", JSON.stringify({ Type: "Notification", Message: "hello" })],
  ])("says that it cannot read %s", (_, body) => {
    expect(readNotices(body).kind).toBe("unreadable");
  });

  it("reads back what a continuation says", () => {
    const position = fc.record(
      { offset: fc.nat(), until: fc.nat(), header: fc.string({ minLength: 1 }) },
      { requiredKeys: ["offset"] },
    );
    const text = fc.string({ minLength: 1 });
    const any = fc.record(
      { bucket: text, key: text, region: text, versionId: text, etag: text, size: fc.nat(), sequencer: text, position },
      { requiredKeys: ["bucket", "key", "region"] },
    );
    fc.assert(
      fc.property(any, (written) => {
        expect(readNotices(writeContinuation(written))).toEqual({ kind: "notices", notices: [written], skipped: [] });
      }),
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) =>
        ["notices", "unreadable"].includes(readNotices(body).kind),
      ),
    );
  });
});

describe("identityOf()", () => {
  it("tells versions, events and rests of one key apart", () => {
    const all = [
      notice,
      { ...notice, versionId: "1" },
      { ...notice, sequencer: "1" },
      { ...notice, position: { offset: 7 } },
    ];
    expect(new Set(all.map(identityOf)).size).toBe(all.length);
  });
});

describe("compareSequencers()", () => {
  it("puts the events of a key in their order", () => {
    const { a, b, c } = caseOf("s3-sequencer-compare").input as {
      readonly a: string;
      readonly b: string;
      readonly c: string;
    };
    expect([c, b, a].sort(compareSequencers)).toEqual([a, b, c]);
    expect(compareSequencers("0A", "0a00")).toBe(0);
  });
});

describe("decodeKey()", () => {
  it("undoes the encoding of forms for every key", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (key) => {
        expect(decodeKey(encodeURIComponent(key).replaceAll("%20", "+"))).toBe(key);
      }),
    );
  });
});
