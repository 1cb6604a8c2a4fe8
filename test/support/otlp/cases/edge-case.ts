import { expect } from "vitest";
import type { ReceivedRequest } from "../../../../shared/batch/accept.ts";
import { formats } from "../../../../shared/batch/formats.ts";
import type { HttpAnswer } from "../../../../shared/http/message.ts";
import { encodingOf } from "../../../../shared/otlp/media-type.ts";
import { signals } from "../../../../shared/otlp/signals.ts";
import { decodeStatus } from "../../../../shared/rpc/status.ts";
import { signalNames } from "../../../../shared/signal.ts";
import { decodeWithOracle } from "../oracle.ts";

/** One request to the edge and what must come of it, whoever carries it. */
export interface EdgeCase {
  readonly name: string;
  /** POST where absent. */
  readonly method?: string;
  /** `/v1/traces` where absent; may have a query. */
  readonly path?: string;
  /** Protobuf where absent; an array is a header on several lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | string;
  /** The body without its content coding, where it has one. */
  readonly plain?: Uint8Array;
  readonly expect: Expected;
  /** An HTTP server in front may refuse it in its own words. */
  readonly notHttp?: true;
}

export interface Expected {
  readonly status: number | readonly number[];
  /** Item counts that are right when the answer is 200. */
  readonly items?: number | readonly number[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What the bytes that were accepted contain, in hexadecimal. */
  readonly contains?: string;
  /** What the message of a refusal says. */
  readonly message?: RegExp;
  /** The field that the refusal's BadRequest names. */
  readonly field?: RegExp;
}

export const protobuf = { "content-type": "application/x-protobuf" };
export const json = { "content-type": "application/json" };

/** Where a case goes, its query left out. */
export function pathOf({ path = "/v1/traces" }: EdgeCase): string {
  return path.split("?", 1)[0] ?? "";
}

/** The body of a case as bytes. */
export function bodyOf({ body = "" }: EdgeCase): Uint8Array {
  return typeof body === "string" ? Buffer.from(body) : body;
}

/**
 * Holds an answer, and what reached the sink where that can be seen, against the case and against everything that is true
 * of every answer.
 */
export function checkAnswer(edge: EdgeCase, answer: HttpAnswer, received?: readonly ReceivedRequest[]): void {
  const wanted = [edge.expect.status].flat();
  const told = Buffer.from(answer.body).toString("latin1").slice(0, 300);
  expect(wanted, `${answer.status} ${told}`).toContain(answer.status);
  expect(answer.headers).toMatchObject(edge.expect.headers ?? {});
  if (answer.status === 200) checkAccepted(edge, answer);
  else checkRefused(edge, answer);
  if (received && answer.status === 200) checkReceived(edge, received);
  else if (received) expect(received).toEqual([]);
}

function checkAccepted(edge: EdgeCase, answer: HttpAnswer): void {
  const encoding = encodingOf(firstOf(edge.headers?.["content-type"])) ?? "protobuf";
  expect(answer.headers["content-type"]).toBe(encoding === "json" ? "application/json" : "application/x-protobuf");
  expect(Buffer.from(answer.body).toString()).toBe(encoding === "json" ? "{}" : "");
}

function checkReceived(edge: EdgeCase, received: readonly ReceivedRequest[]): void {
  const encoding = encodingOf(firstOf((edge.headers ?? protobuf)["content-type"]));
  const items = received.reduce((sum, request) => sum + request.items, 0);
  if (edge.expect.items !== undefined) expect([edge.expect.items].flat()).toContain(items);
  const plain = edge.plain ?? bodyOf(edge);
  expect(received.length).toBe(encoding === "protobuf" && plain.length === 0 ? 0 : Math.min(received.length, 1));
  for (const request of received) {
    const { signal } = formats[request.format];
    expect(signals[signal].path).toBe(pathOf(edge));
    decodeWithOracle(request.bytes, signal);
    if (encoding === "protobuf")
      expect(Buffer.from(request.bytes).toString("hex")).toBe(Buffer.from(plain).toString("hex"));
    if (edge.expect.contains) expect(Buffer.from(request.bytes).toString("hex")).toContain(edge.expect.contains);
  }
}

function checkRefused(edge: EdgeCase, answer: HttpAnswer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  const encoding = encodingOf(firstOf((edge.headers ?? protobuf)["content-type"])) ?? "json";
  expect(answer.headers["content-type"]).toBe(encoding === "json" ? "application/json" : "application/x-protobuf");
  const status = decodeStatus(answer.body, encoding);
  expect(status?.message).toMatch(edge.expect.message ?? /./);
  expect(status?.retryAfterMs).toBeUndefined();
  expect(answer.headers["retry-after"]).toBeUndefined();
  expect(answer.body.length).toBeLessThan(32 * 1024);
  if (edge.expect.field) expect(status?.violations?.[0]?.field).toMatch(edge.expect.field);
}

/** The signal whose path the case is sent to. */
export function signalOf(edge: EdgeCase) {
  return signalNames.map((name) => signals[name]).find(({ path }) => path === pathOf(edge));
}

function firstOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
