import { isIP } from "node:net";
import type { ALBResult } from "aws-lambda";
import { combineHeader } from "../../http/headers.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { reasonPhrases } from "../../http/reason-phrases.ts";
import { type Carried, type Fields, fieldsOf, readBody, text, writeBody } from "./lambda-event.ts";

const healthChecker = /^ELB-HealthChecker\//i;

/**
 * Reads the event of an ALB's Lambda target, in either header mode (docs.aws.amazon.com, "Lambda functions as targets").
 * With single-value headers the ALB has kept the last line of a repeated header. Never throws, whatever the event is.
 */
export function fromAlbEvent(event: unknown): Carried {
  const fields = fieldsOf(event);
  const method = text(fields.httpMethod);
  const path = text(fields.path);
  if (method === "" || path === "") return { kind: "unreadable", message: "The event has no method or no path." };
  const headers = readHeaders(fields);
  if (method === "GET" && healthChecker.test(headers["user-agent"] ?? "")) return { kind: "health-check" };
  const body = readBody(fields);
  if (body === undefined)
    return { kind: "unreadable", message: "The body of the event is not the base64 or text that it says it is." };
  const clientAddress = lastHop(headers["x-forwarded-for"]);
  const from = clientAddress === undefined ? {} : { clientAddress };
  return { kind: "request", request: { method, path, headers, body, ...from } };
}

/** Writes the answer as the ALB wants it: headers in the mode of the event, no nulls, the length left to the ALB. */
export function toAlbResult({ status, headers, body }: HttpAnswer, event: unknown): ALBResult {
  const statusDescription = `${status} ${reasonPhrases[status] ?? ""}`.trim();
  const multiValue = fieldsOf(event).multiValueHeaders !== undefined;
  const lines = multiValue
    ? { multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) }
    : { headers: { ...headers } };
  return { statusCode: status, statusDescription, ...lines, ...writeBody(headers["content-type"], body) };
}

/** The address that the load balancer saw: it appends it, with the port where it is told to; what stands before is what the client says. */
function lastHop(forwarded: string | undefined): string | undefined {
  const last = forwarded?.split(",").at(-1)?.trim() ?? "";
  const [, v6, v4] = /^(?:\[([0-9a-f:]+)\](?::\d+)?|(\d+(?:\.\d+){3})(?::\d+)?)$/i.exec(last) ?? [];
  const address = v6 ?? v4 ?? last;
  return isIP(address) === 0 ? undefined : address;
}

function readHeaders({ headers, multiValueHeaders }: Fields): Record<string, string> {
  const lines = new Map<string, string[]>();
  const source = fieldsOf(multiValueHeaders ?? headers);
  for (const [name, value] of Object.entries(source)) {
    const values = (Array.isArray(value) ? value : [value]).filter((line) => typeof line === "string");
    if (values.length > 0) lines.set(name.toLowerCase(), [...(lines.get(name.toLowerCase()) ?? []), ...values]);
  }
  return Object.fromEntries([...lines].map(([name, values]) => [name, combineHeader(name, values)]));
}
