import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOwnGroups, groupsOfStage } from "../../../shared/aws-events/cloudwatch-logs/own-groups.ts";
import { readLogsData } from "../../../shared/aws-events/cloudwatch-logs/read-logs-data.ts";
import { logsData, metricsOf, plain, readOptions, recordsOf } from "../../support/aws-events/logs-data.ts";

const read = (bytes: Uint8Array) => readLogsData(bytes, readOptions);
const event = (message: string) => ({ id: "1", timestamp: 1_709_294_400_000, message });

describe("readLogsData()", () => {
  it("makes one record of each event, in order, whatever the events are", () => {
    const message = fc.oneof(fc.string({ unit: "grapheme", maxLength: 300 }), fc.json({ maxDepth: 3 }));
    const proper = fc.record({ id: fc.string(), timestamp: fc.nat(), message });
    const events = fc.array(fc.oneof({ weight: 4, arbitrary: proper }, fc.jsonValue({ maxDepth: 2 })), {
      maxLength: 20,
    });
    const logGroup = fc.constantFrom("/aws/lambda/shop", "API-Gateway-Execution-Logs_a/b", "/ecs/web", "flow");
    fc.assert(
      fc.property(events, logGroup, (logEvents, group) => {
        const data = read(logsData(logEvents, { logGroup: group, logStream: "eni-01234567-all" }));
        const bodies = recordsOf(data).map(({ body }) => body.stringValue);
        const sent = JSON.parse(JSON.stringify(logEvents)) as unknown[];
        expect(data.problems).toEqual([]);
        expect(bodies).toEqual(
          sent.map((each) => {
            const { message: text } = (each ?? {}) as { message?: unknown };
            // What a lone surrogate becomes in UTF-8.
            return (typeof text === "string" ? text : JSON.stringify(each)).toWellFormed();
          }),
        );
        const items = data.requests.find(({ format }) => format === "otlp/logs")?.items ?? 0;
        expect(items).toBe(logEvents.length);
      }),
    );
  });

  it("takes any bytes without throwing, and says what is wrong with them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(read(bytes).problems).toHaveLength(1);
      }),
    );
  });

  it("takes gzip that was damaged anywhere without throwing", () => {
    const whole = logsData([event("a"), event("b")]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = byte;
        read(damaged);
        read(whole.subarray(0, at));
      }),
    );
  });

  it("never inflates beyond its limit", () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
    expect(read(bomb).problems).toEqual(["it is larger than 10000000 bytes once inflated"]);
  });

  it("reads several members and several documents of one, and tells the damage of the last", () => {
    const one = gzipSync(Buffer.concat([gunzipped([event('a"}{')]), gunzipped([event("b")])]));
    const data = read(Buffer.concat([one, logsData([event("c")]), gzipSync('{"messageType":')]));
    expect(recordsOf(data).map(({ body }) => body.stringValue)).toEqual(['a"}{', "b", "c"]);
    expect(data.problems).toEqual(["it is not a JSON object"]);
  });

  it("reads plain documents too, as Firehose sends them once it has inflated them", () => {
    expect(recordsOf(read(gunzipped([event("a")])))).toHaveLength(1);
  });

  it.each([
    ["HEARTBEAT", 'its messageType is "HEARTBEAT"'],
    ["x".repeat(100), `its messageType is ${JSON.stringify("x".repeat(40))}`],
  ])("does not guess what a message of type %s holds", (messageType, problem) => {
    expect(read(logsData([event("a")], { messageType }))).toMatchObject({ requests: [], problems: [problem] });
  });

  it("has records of their own origin under central collection", () => {
    const extractedFields = { "@aws.account": "999999999999", "@aws.region": "us-east-1", user: "ada", odd: 1 };
    const data = read(logsData([event("here"), { ...event("there"), extractedFields }]));
    expect(recordsOf(data).map(({ body, resource }) => [body.stringValue, resource["cloud.account.id"]])).toEqual([
      ["here", "123456789012"],
      ["there", "999999999999"],
    ]);
    expect(recordsOf(data)[1]?.resource["cloud.region"]).toBe("us-east-1");
    expect(plain(recordsOf(data)[1]?.attributes)).toMatchObject({ "aws.log.field.user": "ada" });
  });

  it("takes the time of the event where the line has one of another day", () => {
    const data = read(logsData([event('{"level":"info","time":"1999-01-01T00:00:00Z"}')]));
    expect(recordsOf(data)[0]?.timeUnixNano).toBe("1709294400000000000");
  });

  it("bounds the points that embedded metrics may ask for, and keeps their lines", () => {
    const names = Array.from({ length: 30 }, (_, at) => `dimension-${at}`);
    const metrics = Array.from({ length: 100 }, (_, at) => ({ Name: `m${at}` }));
    const line = JSON.stringify({
      _aws: {
        Timestamp: 1_709_294_400_000,
        CloudWatchMetrics: [{ Namespace: "N", Dimensions: names.map(() => names), Metrics: metrics }],
      },
      ...Object.fromEntries(names.map((name) => [name, "v".repeat(100)])),
      ...Object.fromEntries(metrics.map(({ Name }) => [Name, 1])),
    });
    const data = read(logsData(Array.from({ length: 5 }, () => event(line))));
    expect(recordsOf(data)).toHaveLength(5);
    const points = metricsOf(data).reduce((sum, { summary }) => sum + (summary?.dataPoints.length ?? 0), 0);
    expect(points + data.droppedPoints).toBe(15_000);
    expect(data.requests.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(20_000_000);
  });

  it("redacts what WAF logs of secret headers, in the body too", () => {
    const headers = [{ name: "Cookie", value: "session=1" }];
    const line = JSON.stringify({ webaclId: "a", timestamp: 1_709_294_400_123, httpRequest: { headers } });
    const [record] = recordsOf(read(logsData([event(line)], { logGroup: "aws-waf-logs-shop" })));
    expect(record?.body.stringValue).toContain("webaclId");
    expect(JSON.stringify(record)).not.toContain("session=1");
  });

  it("makes no metrics where none are asked for", () => {
    const line = event("REPORT RequestId: 3f8a2b1c-0000-4000-8000-000000000001\tDuration: 12.34 ms");
    const bytes = logsData([line], { logGroup: "/aws/lambda/shop" });
    expect(metricsOf(readLogsData(bytes, { ...readOptions, withMetrics: false }))).toEqual([]);
    expect(metricsOf(readLogsData(bytes, readOptions))).toHaveLength(1);
  });

  it.each([
    ["/aws/lambda/sluice-prod-logs", 1],
    ["/ecs/sluice-prod-daemon", 1],
    ["/aws/lambda/sluice-production", 0],
    ["/aws/lambda/shop", 0],
  ])("knows whether %s is a group of the stage prod", (logGroup, ownEvents) => {
    const isOwnGroup = createOwnGroups(groupsOfStage("prod"));
    expect(readLogsData(logsData([event("a")], { logGroup }), { ...readOptions, isOwnGroup }).ownEvents).toBe(
      ownEvents,
    );
  });
});

function gunzipped(events: readonly unknown[]): Buffer {
  return Buffer.from(
    JSON.stringify({ messageType: "DATA_MESSAGE", owner: "1", logGroup: "g", logStream: "s", logEvents: events }),
  );
}
