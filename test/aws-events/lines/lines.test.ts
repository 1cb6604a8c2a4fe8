import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recogniseAlb } from "../../../shared/aws-events/lines/alb.ts";
import { recogniseClb } from "../../../shared/aws-events/lines/clb.ts";
import { cloudfrontFields, createCloudfront } from "../../../shared/aws-events/lines/cloudfront.ts";
import { recogniseCloudtrail } from "../../../shared/aws-events/lines/cloudtrail.ts";
import { recogniseConfigItem } from "../../../shared/aws-events/lines/config-item.ts";
import type { RecognisedLine } from "../../../shared/aws-events/lines/line-format.ts";
import { recogniseNlb } from "../../../shared/aws-events/lines/nlb.ts";
import { recogniseS3Access } from "../../../shared/aws-events/lines/s3-access.ts";
import { recogniseWaf } from "../../../shared/aws-events/lines/waf.ts";
import { anyText } from "../../support/any-text.ts";

function attributesOf(line: RecognisedLine | undefined): Record<string, unknown> {
  return Object.fromEntries((line?.attributes ?? []).map(({ name, value }) => [name, value]));
}

const millis = (text: string) => ({ ms: Date.parse(text) });

const cloudfrontHeader =
  "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type time-taken";

describe("createCloudfront()", () => {
  const recognise = createCloudfront(cloudfrontFields(cloudfrontHeader) ?? []);
  const values = [
    "2019-12-04",
    "21:02:31",
    "LAX1",
    "392",
    "192.0.2.100",
    "GET",
    "d111111abcdef8.cloudfront.net",
    "/index.html",
    "000",
    "-",
    "Mozilla/5.0%2520(Windows)",
    "-",
    "-",
    "Error",
    "0.001",
  ];

  it("takes the order of its fields from the header", () => {
    const line = recognise(values.join("\t"));
    expect(line?.time).toEqual(millis("2019-12-04T21:02:31Z"));
    expect(attributesOf(line)).toEqual({
      "aws.cloudfront.x_edge_location": "LAX1",
      "http.response.size": 392,
      "client.address": "192.0.2.100",
      "http.request.method": "GET",
      "aws.cloudfront.distribution_host": "d111111abcdef8.cloudfront.net",
      "url.path": "/index.html",
      "http.response.status_code": 0,
      "user_agent.original": "Mozilla/5.0 (Windows)",
      "aws.cloudfront.x_edge_result_type": "Error",
      "aws.cloudfront.time_taken": 0.001,
    });
    expect(line?.body).toBeUndefined();
  });

  it("keeps no cookie", () => {
    const line = recognise(values.with(12, "session=s3cret").join("\t"));
    expect(JSON.stringify(line)).not.toContain("s3cret");
    expect(line?.body).toBe(values.with(12, "[redacted]").join("\t"));
  });

  it("reads the fields of a line of JSON by their names, as standard logging v2 may write them, and keeps no cookie", () => {
    const document = {
      date: "2024-11-14",
      time: "22:30:25",
      "sc-bytes": "5256",
      "c-ip": "192.0.2.10",
      "cs-method": "GET",
      "cs-uri-stem": "/a.jpg",
      "sc-status": "200",
      "cs(Cookie)": "session=s3cret",
      "x-edge-result-type": "Hit",
    };
    const line = createCloudfront([])(JSON.stringify(document));
    expect(line?.time).toEqual(millis("2024-11-14T22:30:25Z"));
    expect(attributesOf(line)).toEqual({
      "http.response.size": 5256,
      "client.address": "192.0.2.10",
      "http.request.method": "GET",
      "url.path": "/a.jpg",
      "http.response.status_code": 200,
      "aws.cloudfront.x_edge_result_type": "Hit",
    });
    expect(line?.body).toContain("/a.jpg");
    expect(JSON.stringify(line)).not.toContain("s3cret");
    expect(createCloudfront([])('{"level":"info"}')).toBeUndefined();
  });

  it("knows no line before there was a header, and none with too few fields", () => {
    expect(createCloudfront([])(values.join("\t"))).toBeUndefined();
    expect(recognise(values.slice(1).join("\t"))).toBeUndefined();
  });
});

describe("recogniseWaf()", () => {
  const record = {
    timestamp: 1709294400123,
    formatVersion: 1,
    webaclId: "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/shop/1",
    terminatingRuleId: "Default_Action",
    action: "BLOCK",
    httpRequest: {
      clientIp: "203.0.113.7",
      country: "DE",
      headers: [
        { name: "Host", value: "shop.example" },
        { name: "Authorization", value: "Bearer s3cret" },
        { name: "cookie", value: "s3cret" },
        { name: "X-Api-Key", value: "s3cret" },
      ],
      uri: "/cart",
      args: "a=1",
      httpVersion: "HTTP/2.0",
      httpMethod: "POST",
      requestId: "r-1",
    },
    labels: [{ name: "awswaf:managed:x" }],
  };

  it("reads the request, and keeps no credentials of it", () => {
    const line = recogniseWaf(JSON.stringify(record));
    expect(line?.time).toEqual({ ms: 1709294400123 });
    expect(attributesOf(line)).toMatchObject({
      "aws.waf.action": "BLOCK",
      "client.address": "203.0.113.7",
      "url.path": "/cart",
      "http.request.method": "POST",
      "network.protocol.version": "2.0",
      "http.request.header.host": "shop.example",
      "http.request.header.authorization": "[redacted]",
      "aws.waf.labels": ["awswaf:managed:x"],
    });
    expect(JSON.stringify(line)).not.toContain("s3cret");
    expect(JSON.parse(line?.body ?? "")).toMatchObject({ action: "BLOCK", httpRequest: { uri: "/cart" } });
  });

  it("leaves the body as it is where there is nothing to redact", () => {
    const plain = { ...record, httpRequest: { ...record.httpRequest, headers: [] } };
    expect(recogniseWaf(JSON.stringify(plain))?.body).toBeUndefined();
  });

  it("keeps no credentials of a record that is nested too deeply to be written", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const line = recogniseWaf(
      JSON.stringify(record).replace("}", `},"x":${deep}`).replace('{"timestamp"', `{"d":${deep},"timestamp"`),
    );
    expect(line?.body ?? "").not.toContain("s3cret");
  });
});

describe("recogniseCloudtrail()", () => {
  it("takes an address that is the name of a service", () => {
    const event = {
      eventVersion: "1.09",
      eventTime: "2024-03-01T11:58:00Z",
      eventSource: "kms.amazonaws.com",
      eventName: "Decrypt",
      awsRegion: "us-east-1",
      sourceIPAddress: "cloudtrail.amazonaws.com",
      userIdentity: { type: "AWSService", invokedBy: "cloudtrail.amazonaws.com" },
      errorCode: "AccessDenied",
      readOnly: true,
      eventID: "e-2",
      requestParameters: { deep: { er: 1 } },
    };
    const line = recogniseCloudtrail(JSON.stringify(event));
    expect(line?.time).toEqual(millis("2024-03-01T11:58:00Z"));
    expect(attributesOf(line)).toEqual({
      "aws.cloudtrail.event_version": "1.09",
      "rpc.service": "kms.amazonaws.com",
      "rpc.method": "Decrypt",
      "cloud.region": "us-east-1",
      "source.address": "cloudtrail.amazonaws.com",
      "aws.principal.type": "AWSService",
      "aws.user_identity.invoked_by": "cloudtrail.amazonaws.com",
      "aws.error.code": "AccessDenied",
      "aws.event.read_only": true,
      "aws.cloudtrail.event_id": "e-2",
    });
  });
});

describe("recogniseConfigItem()", () => {
  it("reads a configuration item, and nothing that is not one", () => {
    const item = {
      configurationItemVersion: "1.3",
      configurationItemCaptureTime: "2024-03-01T11:58:00.123Z",
      configurationItemStatus: "OK",
      configurationStateId: "1709294280123",
      awsAccountId: "123456789012",
      awsRegion: "us-east-1",
      availabilityZone: "us-east-1a",
      resourceType: "AWS::EC2::Volume",
      resourceId: "vol-1",
      ARN: "arn:aws:ec2:us-east-1:123456789012:volume/vol-1",
      tags: { team: "shop" },
      configuration: { size: 8 },
    };
    const line = recogniseConfigItem(JSON.stringify(item));
    expect(line?.time).toEqual(millis("2024-03-01T11:58:00.123Z"));
    expect(attributesOf(line)).toEqual({
      "aws.config.item_version": "1.3",
      "aws.config.item_status": "OK",
      "aws.config.state_id": "1709294280123",
      "cloud.account.id": "123456789012",
      "cloud.region": "us-east-1",
      "cloud.availability_zone": "us-east-1a",
      "aws.config.resource_type": "AWS::EC2::Volume",
      "aws.config.resource_id": "vol-1",
      "aws.config.resource_arn": "arn:aws:ec2:us-east-1:123456789012:volume/vol-1",
    });
    expect(recogniseConfigItem('{"fileVersion":"1.0"}')).toBeUndefined();
  });
});

describe("every format", () => {
  const formats = {
    recogniseAlb,
    recogniseNlb,
    recogniseClb,
    recogniseS3Access,
    recogniseWaf,
    recogniseCloudtrail,
    recogniseConfigItem,
  };

  it.each(Object.entries(formats))("%s never throws, whatever the line", (_, recognise) => {
    const token = fc.constantFrom(
      ...'http tls 2.0 - -1 " \\" \\x22 [ ] 2024-03-01T12:00:00Z a:1 [::1]:2 {} {"a":1} "x y"'.split(" "),
    );
    const line = fc.oneof(
      anyText(),
      fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(" ")),
    );
    fc.assert(fc.property(line, (text) => recognise(text)?.attributes.every(({ name }) => name !== "") ?? true));
  });
});
