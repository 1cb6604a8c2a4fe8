import type { HttpAnswer } from "../../../shared/http/message.ts";
import { bodyOf, type EdgeCase, pathOf, protobuf } from "../otlp/cases/edge-case.ts";

/** A request as the ALB puts it into an event (its guide, "Lambda functions as targets"). */
export function albEvent(edge: EdgeCase, { multiValue = false } = {}): object {
  const { headers, body } = linesOf(edge);
  return {
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/x/1" } },
    httpMethod: edge.method ?? "POST",
    path: pathOf(edge),
    ...(multiValue
      ? { multiValueQueryStringParameters: {}, multiValueHeaders: headers }
      : { queryStringParameters: {}, headers: mapValues(headers, (lines) => lines.at(-1) ?? "") }),
    ...body,
  };
}

/** A request as a function URL or an HTTP API puts it into an event (payload format 2.0). */
export function urlEvent(edge: EdgeCase, { stage = "$default" } = {}): object {
  const { headers, body } = linesOf(edge);
  const prefix = stage === "$default" ? "" : `/${stage}`;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: prefix + pathOf(edge),
    rawQueryString: edge.path?.split("?")[1] ?? "",
    headers: mapValues(headers, (lines) => lines.join(",")),
    requestContext: { http: { method: edge.method ?? "POST", path: prefix + pathOf(edge) }, stage },
    ...body,
  };
}

/** What a Lambda result says, as an answer; base64 taken off, one value a header. */
export function answerOf(result: object): HttpAnswer {
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = result as {
    statusCode: number;
    headers?: Record<string, string>;
    multiValueHeaders?: Record<string, string[]>;
    body: string;
    isBase64Encoded: boolean;
  };
  const single = headers ?? mapValues(multiValueHeaders ?? {}, (lines) => lines.join(", "));
  return { status: statusCode, headers: single, body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8") };
}

/** Lower-case names, and the body in base64 by the ALB's rule: a coding, or any type that is not text. */
function linesOf(edge: EdgeCase): { headers: Record<string, string[]>; body: object } {
  const headers = mapValues(edge.headers ?? protobuf, (value) => [value].flat());
  const bytes = Buffer.from(bodyOf(edge));
  const plain =
    !("content-encoding" in headers) && /^(text\/|application\/json)/i.test(headers["content-type"]?.[0] ?? "");
  const isText = plain && Buffer.from(bytes.toString("utf8")).equals(bytes);
  return { headers, body: { body: bytes.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText } };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
