import { describe, expect, it } from "vitest";
import { recogniseAlb } from "../../../shared/aws-events/lines/alb.ts";
import { recogniseClb } from "../../../shared/aws-events/lines/clb.ts";
import type { RecognisedLine } from "../../../shared/aws-events/lines/line-format.ts";
import { recogniseNlb } from "../../../shared/aws-events/lines/nlb.ts";
import { caseOf } from "../objects/object-cases.ts";

const lineOf = (name: string) => String(caseOf(name).input.line);

function attributesOf(line: RecognisedLine | undefined): Record<string, unknown> {
  return Object.fromEntries((line?.attributes ?? []).map(({ name, value }) => [name, value]));
}

const millis = (text: string) => ({ ms: Date.parse(text) });

describe("recogniseAlb()", () => {
  it.each([
    [
      "alb-https",
      {
        "network.protocol.name": "https",
        "cloud.resource_id": "app/shop/aa11bb22cc33dd44",
        "client.address": "203.0.113.7",
        "client.port": 40112,
        "destination.address": "10.0.0.1",
        "destination.port": 80,
        "aws.elb.request_processing_time": 0.002,
        "aws.elb.status.code": 200,
        "aws.elb.backend.status.code": 200,
        "http.request.size": 0,
        "http.response.size": 57,
        "http.request.method": "GET",
        "url.full": "https://www.example.com:443/",
        "network.protocol.version": "1.1",
        "url.domain": "www.example.com",
        "tls.cipher": "ECDHE-RSA-AES128-GCM-SHA256",
        "aws.elb.matched_rule_priority": 1,
        "aws.elb.actions_executed": ["authenticate", "forward"],
        "aws.elb.connection_trace_id": "TID_00ff11ee22dd33cc",
      },
    ],
    ["alb-lambda-target", { "aws.elb.backend.status.code": 200, "aws.elb.matched_rule_priority": 0 }],
    ["alb-waf-block", { "aws.elb.status.code": 403, "aws.elb.actions_executed": ["waf"] }],
    [
      "alb-ipv6",
      {
        "client.address": "2001:db8::1",
        "client.port": 443,
        "destination.address": "2001:db8::2",
        "destination.port": 8080,
      },
    ],
    [
      "alb-space-in-uri",
      {
        "http.request.method": "GET",
        "url.full": "https://www.example.com:443/a b c?q=1 2",
        "network.protocol.version": "1.1",
        "aws.elb.classification_reason": "SpaceInUri",
      },
    ],
    ["alb-escaped-quote-ua", { "user_agent.original": 'Bad "agent" 1.0' }],
    ["alb-33-fields", { "aws.elb.transformed_host": "m.example.com", "aws.elb.transformed_uri": "/new?x=1" }],
    ["alb-unknown-extra", { "aws.elb.status.code": 200 }],
    [
      "alb-h2",
      {
        "network.protocol.version": "2.0",
        "aws.elb.target_list": ["10.0.0.1:80", "10.0.0.2:80"],
        "aws.elb.target_status_code_list": ["502", "200"],
      },
    ],
    ["alb-client-closed", { "aws.elb.status.code": 460, "aws.elb.target_processing_time": 4.205 }],
  ])("reads %s", (name, attributes) => {
    const line = recogniseAlb(lineOf(name));
    expect(attributesOf(line)).toMatchObject(attributes);
    expect(line?.time).toEqual({ ms: Date.parse("2024-03-01T12:00:00.204Z"), nanos: 812_000 });
    expect(line?.trace).toEqual({ traceId: "65e1b2c00a1b2c3d4e5f60718293a4b5" });
  });

  it.each([
    ["alb-lambda-target", ["destination.address", "tls.cipher", "url.domain"]],
    ["alb-waf-block", ["aws.elb.request_processing_time", "aws.elb.backend.status.code", "destination.port"]],
    ["alb-client-closed", ["aws.elb.response_processing_time", "aws.elb.backend.status.code"]],
  ])("says nothing where %s has a dash or -1", (name, absent) => {
    const attributes = attributesOf(recogniseAlb(lineOf(name)));
    expect(absent.filter((attribute) => attribute in attributes)).toEqual([]);
  });

  it("does not know a line that ends inside of a quote, one of another load balancer, and one of few fields", () => {
    const lines = [lineOf("alb-bad-line"), lineOf("nlb-tls"), "http 2024-03-01T12:00:00Z app/x", "", "- - -"];
    expect(lines.map(recogniseAlb)).toEqual(lines.map(() => undefined));
  });

  it.each([
    ['"- http://host:80- -"', { "url.full": "http://host:80-" }],
    ['"GET http://host:80/ - "', { "http.request.method": "GET", "url.full": "http://host:80/" }],
    ['"-"', {}],
  ])("reads the request %s of a client that sent none, or no protocol", (request, attributes) => {
    const line = lineOf("alb-https").replace('"GET https://www.example.com:443/ HTTP/1.1"', request);
    const read = attributesOf(recogniseAlb(line));
    const { "http.request.method": method, "url.full": url, "network.protocol.version": version } = read;
    expect({ "http.request.method": method, "url.full": url, "network.protocol.version": version }).toEqual({
      "http.request.method": undefined,
      "url.full": undefined,
      "network.protocol.version": undefined,
      ...attributes,
    });
  });
});

describe("recogniseNlb()", () => {
  it("reads times without a zone as UTC, and a list of quoted texts as one field", () => {
    const line = recogniseNlb(lineOf("nlb-tls"));
    expect(line?.time).toEqual(millis("2024-03-01T12:00:00Z"));
    expect(attributesOf(line)).toMatchObject({
      "network.protocol.name": "tls",
      "aws.elb.connection_time": 7,
      "aws.elb.tls_handshake_time": 3,
      "client.address": "203.0.113.50",
      "destination.port": 443,
      "aws.elb.alpn_client_preference_list": ["h2", "http/1.1"],
      "aws.elb.tls_connection_creation_time": "2024-03-01T11:59:59",
    });
  });

  it("does not know a line of another load balancer", () => {
    expect(recogniseNlb(lineOf("alb-https"))).toBeUndefined();
  });
});

describe("recogniseClb()", () => {
  it.each([
    [
      '2015-05-13T23:39:43.945958Z my-lb 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -',
      { "client.port": 2817, "aws.elb.status.code": 200, "url.full": "http://www.example.com:80/" },
    ],
    [
      '2015-05-13T23:39:43.945958Z my-lb 192.168.131.39:2817 10.0.0.1:80 0.001069 0.000028 0.000041 - - 82 305 "- - - " "-" - -',
      { "http.request.size": 82, "http.response.size": 305 },
    ],
  ])("reads %s", (line, attributes) => {
    expect(attributesOf(recogniseClb(line))).toMatchObject({ "cloud.resource_id": "my-lb", ...attributes });
  });

  it("does not know a line that begins with a type", () => {
    expect(recogniseClb(lineOf("alb-https"))).toBeUndefined();
  });
});
