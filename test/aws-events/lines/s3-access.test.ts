import { describe, expect, it } from "vitest";
import type { RecognisedLine } from "../../../shared/aws-events/lines/line-format.ts";
import { recogniseS3Access } from "../../../shared/aws-events/lines/s3-access.ts";
import { caseOf } from "../objects/object-cases.ts";

const lineOf = (name: string) => String(caseOf(name).input.line);

function attributesOf(line: RecognisedLine | undefined): Record<string, unknown> {
  return Object.fromEntries((line?.attributes ?? []).map(({ name, value }) => [name, value]));
}

const millis = (text: string) => ({ ms: Date.parse(text) });

describe("recogniseS3Access()", () => {
  it("reads the time in brackets and decodes the key twice", () => {
    const line = recogniseS3Access(lineOf("s3-access-line"));
    expect(line?.time).toEqual(millis("2024-03-02T08:09:10Z"));
    const attributes = attributesOf(line);
    expect(attributes).toMatchObject({
      "rpc.method": "REST.GET.OBJECT",
      "http.response.status_code": 200,
      "http.response.body.size": 512,
      "aws.s3.key": "docs/2024/my trip.jpg",
      "url.path": "/site-assets/docs/2024/my%20trip.jpg?x=1",
      "tls.protocol.version": "TLSV1.2",
    });
    expect(attributes).not.toHaveProperty("error.type");
  });

  const line = (
    request: string,
    referer: string,
    agent: string,
    tail = " - HOST1= SigV4 CIPHER AuthHeader b.example TLSv1.2 - -",
  ) =>
    `owner1 b [02/Mar/2024:08:09:10 +0000] 198.51.100.4 - R1 REST.GET.OBJECT k ${request} 200 - 5 - 9 6 ${referer} ${agent}${tail}`;
  const forged = '" 200 - 1 1 1 1 "-" "x" - H= SigV4 ';

  it.each([
    ['"GET /k HTTP/1.1"', '"-"', '"a "quoted" agent"', "/k", undefined, 'a "quoted" agent'],
    ['"GET /k HTTP/1.1"', '"-"', '"ends with "one""', "/k", undefined, 'ends with "one"'],
    ['"GET /k HTTP/1.1"', '"https://x/"a"b"', '"x" "y" z"', "/k", 'https://x/"a"b', 'x" "y" z'],
    ['"GET /k?a="b" c" HTTP/1.1"', '"-"', '"x"', '/k?a="b" c"', undefined, "x"],
    ['"GET /k HTTP/1.1"', "-", '"a "b" c"', "/k", undefined, 'a "b" c'],
    ["-", "-", "-", undefined, undefined, undefined],
    ['"GET /k HTTP/1.1"', '"-"', `"a${forged}"`, "/k", undefined, `a${forged}`],
    ['"GET /k HTTP/1.1"', '"-"', '""', "/k", undefined, undefined],
  ])("leaves raw quotes in the field that they are in: %s %s %s", (request, referer, agent, path, from, by) => {
    const attributes = attributesOf(recogniseS3Access(line(request, referer, agent)));
    expect(attributes["url.path"]).toBe(path);
    expect(attributes["http.request.header.referer"]).toBe(from);
    expect(attributes["user_agent.original"]).toBe(by);
    expect(attributes).toMatchObject({
      "http.response.status_code": 200,
      "aws.extended_request_id": "HOST1=",
      "aws.signature.version": "SigV4",
      "http.request.header.host": "b.example",
      "tls.protocol.version": "TLSv1.2",
    });
  });

  it("reads an old line that ends early, and a later one that has new fields in quotes", () => {
    const old = recogniseS3Access(line('"GET /k HTTP/1.1"', '"-"', '"a "b" c"', ""));
    expect(attributesOf(old)["user_agent.original"]).toBe('a "b" c');
    const later = ' - H= SigV4 C AuthHeader b.example TLSv1.2 - Yes "new one" x';
    const attributes = attributesOf(recogniseS3Access(line('"GET /k HTTP/1.1"', '"-"', '"a "b" c"', later)));
    expect(attributes).toMatchObject({ "user_agent.original": 'a "b" c', "aws.s3.acl_required": "Yes" });
  });

  it("takes no longer for a line full of quotes", () => {
    const many = '" 200 - 1 1 1 1'.repeat(60_000);
    const started = performance.now();
    recogniseS3Access(line(`"GET /${many}`, '"-"', `"${many}`));
    recogniseS3Access(line('"GET / HTTP/1.1"', `"${'"'.repeat(500_000)}"`, `"${many}"`));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
