import type { UnknownObject } from "../../json-document.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import type { LogTime } from "../log-record.ts";
import type { RecognisedLine } from "./line-format.ts";
import { traceOfXray } from "./trace-header.ts";

/** Names of fields that API Gateway's console and its guide propose for access logs in JSON; `$context.x` stands behind each. */
const texts = [
  [["ip", "sourceIp", "identity.sourceIp"], "client.address"],
  [["httpMethod"], "http.request.method"],
  [["routeKey", "resourcePath"], "http.route"],
  [["path"], "url.path"],
  [["userAgent"], "user_agent.original"],
  [["domainName"], "server.address"],
  [["stage"], "aws.api_gateway.stage"],
  [["apiId"], "aws.api_gateway.api_id"],
  [["extendedRequestId"], "aws.extended_request_id"],
] as const;
const integers = [
  [["status"], "http.response.status_code"],
  [["responseLength"], "http.response.body.size"],
  [["responseLatency"], "aws.api_gateway.response_latency_ms"],
  [["integrationLatency"], "aws.api_gateway.integration_latency_ms"],
] as const;

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const clfTime = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/;
// $context.identity.sourceIp caller user [requestTime] "httpMethod resourcePath protocol" status responseLength requestId
const clfLine =
  /^(\S{1,64}) \S{1,128} \S{1,128} \[([^\]]{26})\] "(\S{1,16}) (\S{1,2048}) (\S{1,16})" (\d{3}) (\d{1,15}|-) (\S{1,64})/;
const executionLine = /^\(([0-9A-Za-z=_-]{8,64})\) /;
const failed = { number: 17, text: "ERROR" };

/** An access log in JSON: an object that names its request, a status, and a method or a route. */
export function recogniseApiGatewayJson(document: UnknownObject): RecognisedLine | undefined {
  const { requestId, extendedRequestId, status, httpMethod, routeKey, resourcePath } = document;
  const id = typeof requestId === "string" ? requestId : extendedRequestId;
  const names = [httpMethod, routeKey, resourcePath].some((value) => typeof value === "string");
  if (typeof id !== "string" || !names || !isStatus(status)) return undefined;
  const attributes = [
    ...(typeof requestId === "string" ? [{ name: "aws.request_id", value: requestId.slice(0, 128) }] : []),
    ...texts.flatMap(([fields, name]) => textOf(document, fields, name)),
    ...integers.flatMap(([fields, name]) => integerOf(document, fields, name)),
  ];
  const trace = typeof document.xrayTraceId === "string" ? traceOfXray(document.xrayTraceId) : undefined;
  return { time: jsonTime(document), severity: severityFor(Number(status)), attributes, trace };
}

/** An access log in the Common Log Format as API Gateway proposes it, with the request's id at the end. */
export function recogniseApiGatewayClf(line: string): RecognisedLine | undefined {
  const parts = clfLine.exec(line);
  if (!parts) return undefined;
  const [, address, time, method, route, , status, length, id] = parts as unknown as readonly string[];
  const attributes: Attribute[] = [
    { name: "aws.request_id", value: id as string },
    { name: "client.address", value: address as string },
    { name: "http.request.method", value: method as string },
    { name: "http.route", value: route as string },
    { name: "http.response.status_code", value: Number(status) },
    ...(length === "-" ? [] : [{ name: "http.response.body.size", value: Number(length) }]),
  ];
  return { time: parseClfTime(time as string), severity: severityFor(Number(status)), attributes };
}

/** An execution log of a REST API: `(request id) text`. */
export function recogniseApiGatewayExecution(line: string): RecognisedLine | undefined {
  const id = executionLine.exec(line)?.[1];
  if (id === undefined) return undefined;
  const isFailure =
    /^\([^)]*\) (?:Execution failed|Lambda execution failed|Error|Gateway response type: DEFAULT_5XX)/.test(line);
  return { attributes: [{ name: "aws.request_id", value: id }], severity: isFailure ? failed : undefined };
}

/** `09/Apr/2015:12:34:56 +0000`. */
export function parseClfTime(text: string): LogTime | undefined {
  const parts = clfTime.exec(text);
  const month = months.indexOf(parts?.[2] ?? "");
  if (!parts || month < 0) return undefined;
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((at) => Number(parts[at])) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const offset = (Number(parts[8]) * 60 + Number(parts[9])) * (parts[7] === "-" ? -60_000 : 60_000);
  const ms = Date.UTC(year, month, day, hour, minute, second) - offset;
  return ms >= 0 ? { ms } : undefined;
}

function jsonTime({ requestTimeEpoch, requestTime }: UnknownObject): LogTime | undefined {
  const epoch = Number(requestTimeEpoch);
  if (Number.isSafeInteger(epoch) && epoch > 1e12) return { ms: epoch };
  return typeof requestTime === "string" ? parseClfTime(requestTime) : undefined;
}

function severityFor(status: number) {
  return status >= 500 ? failed : { number: 9, text: "INFO" };
}

function isStatus(value: unknown): boolean {
  return (typeof value === "string" || typeof value === "number") && /^[1-5]\d\d$/.test(String(value));
}

/** `-` is what API Gateway writes where there is nothing. */
function textOf(document: UnknownObject, fields: readonly string[], name: string): Attribute[] {
  const value = fields
    .map((field) => document[field])
    .find((each) => typeof each === "string" && each !== "" && each !== "-");
  return typeof value === "string" ? [{ name, value: value.slice(0, 2048) }] : [];
}

function integerOf(document: UnknownObject, fields: readonly string[], name: string): Attribute[] {
  const value = fields.map((field) => document[field]).find((each) => /^\d{1,15}$/.test(String(each)));
  return value === undefined ? [] : [{ name, value: Number(value) }];
}
