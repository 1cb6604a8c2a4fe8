import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVpcFlow, defaultFlowColumns } from "../../../shared/aws-events/lines/vpc-flow.ts";

const recognise = createVpcFlow();
const fields = (line: string, read = recognise) =>
  Object.fromEntries((read(line)?.attributes ?? []).map(({ name, value }) => [name, value]));

describe("createVpcFlow()", () => {
  it("names no account where AWS does not know it", () => {
    const line = "2 unknown eni-1235b8ca - - - - - - - 1418530010 1418530070 - NODATA";
    expect(fields(line)).not.toHaveProperty("cloud.account.id");
    expect(fields(line)).toMatchObject({ "aws.vpc.flow.log_status": "NODATA" });
  });

  it("reads the default format (AWS, 'Flow log records', accepted traffic)", () => {
    const line =
      "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
    expect(recognise(line)?.time).toEqual({ ms: 1_418_530_010_000 });
    expect(fields(line)).toEqual({
      "aws.vpc.flow.version": 2,
      "cloud.account.id": "123456789010",
      "network.interface.name": "eni-1235b8ca123456789",
      "source.address": "172.31.16.139",
      "destination.address": "172.31.16.21",
      "source.port": 20641,
      "destination.port": 22,
      "aws.vpc.flow.protocol": 6,
      "aws.vpc.flow.packets": 20,
      "aws.vpc.flow.bytes": 4249,
      "aws.vpc.flow.start": 1_418_530_010,
      "aws.vpc.flow.end": 1_418_530_070,
      "aws.vpc.flow.action": "ACCEPT",
      "aws.vpc.flow.log_status": "OK",
    });
  });

  it("leaves out what a line without data has no value for", () => {
    const line = "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA";
    expect(fields(line)).toEqual({
      "aws.vpc.flow.version": 2,
      "cloud.account.id": "123456789010",
      "network.interface.name": "eni-1235b8ca123456789",
      "aws.vpc.flow.start": 1_431_280_876,
      "aws.vpc.flow.end": 1_431_280_934,
      "aws.vpc.flow.log_status": "NODATA",
    });
  });

  it("reads the columns that it is told, and lets values behind them be", () => {
    const read = createVpcFlow(["version", "vpc-id", "srcaddr", "bytes", "start", "log-status"]);
    expect(fields("5 vpc-abc 10.0.0.1 77 1709294400 OK later", read)).toEqual({
      "aws.vpc.flow.version": 5,
      "aws.vpc.flow.vpc_id": "vpc-abc",
      "source.address": "10.0.0.1",
      "aws.vpc.flow.bytes": 77,
      "aws.vpc.flow.start": 1_709_294_400,
      "aws.vpc.flow.log_status": "OK",
    });
  });

  it.each(["", "hello", "version account-id", defaultFlowColumns.join(" "), "2 1 e a b 1 2 6 1 1 x 1 ACCEPT OK"])(
    "is not that of %j",
    (line) => expect(recognise(line)).toBeUndefined(),
  );

  it("takes any line without throwing", () => {
    fc.assert(fc.property(fc.string({ maxLength: 2000 }), (line) => void recognise(line)));
  });
});
