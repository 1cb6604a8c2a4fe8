import { describe, expect, it } from "vitest";
import { kindOfKey, originOfKey, skipReasonOf } from "../../../shared/aws-events/objects/object-kind.ts";

const day = "us-east-2/2024/03/01";
const lb = `AWSLogs/123456789012/elasticloadbalancing/${day}/`;
const stem = "123456789012_elasticloadbalancing_us-east-2";

describe("kindOfKey()", () => {
  it.each([
    ["alb", `${lb}${stem}_app.shop.aa11bb22cc33dd44_20240301T1200Z_10.0.0.1_4abc.log.gz`],
    ["alb", `team/${lb}${stem}_app.network_net.aa11bb22cc33dd44_20240301T1200Z_10.0.0.1_4abc.log.gz`],
    ["nlb", `${lb}${stem}_net.edge.0011223344556677_20240301T1200Z_4abc.log.gz`],
    ["clb", `${lb}${stem}_classic_20240301T1200Z_203.0.113.9_4abc.log`],
    ["alb-connection", `${lb}conn_log_${stem}_app.shop.aa11bb22cc33dd44_20240301T1200Z_10.0.0.1_4abc.log.gz`],
    ["alb-health-check", `${lb}health_check_log_${stem}_app.shop.aa11bb22cc33dd44_20240301T1200Z_10.0.0.1_4abc.log.gz`],
    [
      "cloudtrail",
      `AWSLogs/123456789012/CloudTrail/${day}/123456789012_CloudTrail_us-east-2_20240301T1200Z_Mu0K.json.gz`,
    ],
    ["cloudtrail", `p/AWSLogs/o-abc123/123456789012/CloudTrail/${day}/123456789012_CloudTrail_us-east-2_x.json.gz`],
    ["cloudtrail", `AWSLogs/123456789012/CloudTrail-Insight/${day}/x.json.gz`],
    ["cloudtrail", `AWSLogs/123456789012/CloudTrail-NetworkActivity/${day}/x.json.gz`],
    [
      "vpc-flow",
      `AWSLogs/123456789012/vpcflowlogs/${day}/123456789012_vpcflowlogs_us-east-2_fl-1_20240301T1200Z_x.log.gz`,
    ],
    ["vpc-flow", "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-2/year=2024/f.log.gz"],
    [
      "config",
      "AWSLogs/123456789012/Config/us-east-2/2024/3/1/ConfigSnapshot/123456789012_Config_us-east-2_ConfigSnapshot_20240301T120000Z_a-b.json.gz",
    ],
    [
      "config",
      "p/AWSLogs/123456789012/Config/us-east-2/2024/3/1/ConfigHistory/123456789012_Config_us-east-2_ConfigHistory_AWS::EC2::Volume_20240301T120000Z_20240301T130000Z_1.json.gz",
    ],
    ["waf", `AWSLogs/123456789012/WAFLogs/us-east-2/acl/2024/03/01/12/00/123456789012_waflogs_us-east-2_acl_x.log.gz`],
    ["waf", "aws-waf-logs-shop/2024/03/01/12/x.gz"],
    ["s3-access", "2024-03-02-08-09-10-0123456789ABCDEF"],
    ["s3-access", "s3/123456789012/us-east-2/b/2024/03/02/2024-03-02-08-09-10-0123456789ABCDEF"],
    ["cloudfront", "E2ABCDEF123456.2024-03-01-12.abcdef01.gz"],
    ["cloudfront", "cdn/E2ABCDEF123456.2024-03-01-12.abcdef01.gz"],
    ["json-lines", "app/2024/x.ndjson.gz"],
    ["text", "app/2024/x.log.gz"],
    ["text", "AWSLogs/y.log.gz"],
    ["text", ""],
  ])("says %s of %s", (kind, key) => {
    expect(kindOfKey(key)).toBe(kind);
  });
});

describe("skipReasonOf()", () => {
  it.each([
    ["digest", `AWSLogs/123456789012/CloudTrail-Digest/${day}/123456789012_CloudTrail-Digest_us-east-2_x.json.gz`],
    ["test-file", "AWSLogs/123456789012/Config/ConfigWritabilityCheckFile"],
    ["test-file", "p/AWSLogs/123456789012/ELBAccessLogTestFile"],
    [undefined, `${lb}${stem}_app.shop.aa11bb22cc33dd44_20240301T1200Z_10.0.0.1_4abc.log.gz`],
  ])("says %s of %s", (reason, key) => {
    expect(skipReasonOf(key)).toBe(reason);
  });
});

describe("originOfKey()", () => {
  it.each([
    [`p/${lb}x.gz`, { accountId: "123456789012", region: "us-east-2" }],
    [
      "AWSLogs/o-abc123/123456789012/CloudTrail/us-gov-west-1/x.gz",
      { accountId: "123456789012", region: "us-gov-west-1" },
    ],
    [
      "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2024/f.gz",
      { accountId: "123456789012", region: "eu-west-1" },
    ],
    ["AWSLogs/123456789012/WAFLogs/cloudfront/shop/2024/03/01/x.log.gz", { accountId: "123456789012" }],
    ["AWSLogs/123456789012/vpcdnsquerylogs/vpc-0a1b/2024/03/01/x.log.gz", { accountId: "123456789012" }],
    ["app/2024/x.log", {}],
  ])("reads account and region of %s", (key, origin) => {
    expect(originOfKey(key)).toEqual(origin);
  });
});
