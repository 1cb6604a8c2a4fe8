import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpAnswer } from "../../http/message.ts";
import { type Carried, fieldsOf, readBody, text, writeBody } from "./lambda-event.ts";

/** Whether an event has the payload format 2.0 of a function URL or an API Gateway HTTP API. */
export function isUrlEvent(event: unknown): boolean {
  const { version, requestContext } = fieldsOf(event);
  return version === "2.0" && fieldsOf(requestContext).http !== undefined;
}

/**
 * Reads the event of a Lambda function URL or an API Gateway HTTP API (payload format 2.0: repeated headers are joined by
 * commas). A named stage stands in front of the path and is taken off. Never throws, whatever the event is.
 */
export function fromUrlEvent(event: unknown): Carried {
  const fields = fieldsOf(event);
  const context = fieldsOf(fields.requestContext);
  const method = text(fieldsOf(context.http).method);
  const rawPath = text(fields.rawPath);
  if (method === "" || rawPath === "") return { kind: "unreadable", message: "The event has no method or no path." };
  const stage = text(context.stage);
  const path = stage !== "" && rawPath.startsWith(`/${stage}/`) ? rawPath.slice(stage.length + 1) : rawPath;
  const headers: Record<string, string> = Object.fromEntries(
    Object.entries(fieldsOf(fields.headers)).flatMap(([name, value]) =>
      typeof value === "string" ? [[name.toLowerCase(), value]] : [],
    ),
  );
  const body = readBody(fields);
  if (body === undefined)
    return { kind: "unreadable", message: "The body of the event is not the base64 or text that it says it is." };
  const clientAddress = text(fieldsOf(context.http).sourceIp);
  const principal = text(fieldsOf(fieldsOf(context.authorizer).iam).userArn);
  const from = { ...(clientAddress !== "" && { clientAddress }), ...(principal !== "" && { principal }) };
  return { kind: "request", request: { method, path, headers, body, ...from } };
}

/** Writes the answer in payload format 2.0. */
export function toUrlResult({ status, headers, body }: HttpAnswer): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers: { ...headers }, ...writeBody(headers["content-type"], body) };
}
