import { describe, expect, it } from "vitest";
import { readLogsData } from "../../../shared/aws-events/cloudwatch-logs/read-logs-data.ts";
import { lambdaLines } from "../../support/aws-events/lambda-lines.ts";
import { writtenAt } from "../../support/aws-events/line-row.ts";
import { logsData, plain, type RecordJson, readOptions, recordsOf } from "../../support/aws-events/logs-data.ts";
import { otherLines } from "../../support/aws-events/other-lines.ts";

const nanos = (iso: string) => `${Date.parse(iso)}000000`;

describe("a line of CloudWatch Logs", () => {
  it.each([...lambdaLines, ...otherLines])("$name", (row) => {
    const { group: logGroup, stream: logStream = "s", line: message } = row;
    const data = readLogsData(
      logsData([{ id: "1", timestamp: writtenAt, message }], { logGroup, logStream }),
      readOptions,
    );
    const record = recordsOf(data)[0] as RecordJson;
    const { "log.record.uid": uid, ...attributes } = plain(record.attributes);
    expect({ ...record.body, uid }).toEqual({ stringValue: message, uid: "1" });
    expect(record.severityText).toBe(row.severity);
    expect(record.timeUnixNano).toBe(
      row.time === undefined ? nanos(new Date(writtenAt).toISOString()) : nanos(row.time),
    );
    expect(record.eventName).toBe(row.event);
    expect(record.traceId && Buffer.from(record.traceId, "base64").toString("hex")).toBe(row.trace);
    expect(attributes).toEqual(row.attributes ?? {});
  });
});
