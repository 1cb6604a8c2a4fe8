import type { Clock } from "../../clock.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import type { Emit } from "../../telemetry/events/events.ts";
import { healthy } from "../otlp-http/answers.ts";
import { type AccessKeys, isAllowed } from "./access-key.ts";
import { delivered, failed } from "./answers.ts";
import { readCommonAttributes } from "./common-attributes.ts";
import type { Delivery, TakeDelivery } from "./delivery.ts";
import { readRecords } from "./read-records.ts";
import { createRepeatedRequests } from "./repeated-requests.ts";
import { originOf } from "./source-arn.ts";

export interface ReceiveFirehoseOptions {
  readonly take: TakeDelivery;
  readonly emit: Emit;
  readonly clock: Pick<Clock, "now">;
  readonly accessKeys: AccessKeys;
  /** Limit of a body once decompressed; Firehose sends 64 MiB at most. */
  readonly maxBodyBytes: number;
}

/** Answers one request of Firehose. Never rejects. */
export type ReceiveFirehose = (request: HttpRequest, abort?: AbortSignal) => Promise<HttpAnswer>;

type Head = Pick<HttpRequest, "method" | "headers">;
type Why = { readonly reason: string; readonly message: string };

/**
 * Amazon Data Firehose's HTTP endpoint without a server: success only when all that can be used is durable, and an answer of Firehose's
 * shape to everything but health checks. What it is asked for must be one address: the path is the operator's.
 */
export function createReceiveFirehose(options: ReceiveFirehoseOptions): ReceiveFirehose {
  const { take, emit, clock, accessKeys, maxBodyBytes } = options;
  const repeated = createRepeatedRequests(() => clock.now());

  return async function receiveFirehose(request, abort) {
    const requestId = request.headers["x-amz-firehose-request-id"] ?? "";
    try {
      if (request.method === "GET" || request.method === "HEAD") return healthy(request.method);
      return await respond(request, requestId, abort);
    } catch (error) {
      emit("code.crashed", { where: "firehose.receive", error: String(error).slice(0, 500) });
      return fail(503, requestId, "The gateway failed on this request: send it again.");
    }
  };

  async function respond(request: HttpRequest, requestId: string, abort?: AbortSignal): Promise<HttpAnswer> {
    const { headers } = request;
    const refusal = refuseHead(request, requestId);
    if (refusal) return refuse(refusal.status, requestId, refusal);
    const read = readRecords(request, { requestId, maxBodyBytes });
    if (read.kind === "invalid") return refuse(400, requestId, read);
    const attributes = readCommonAttributes(headers["x-amz-firehose-common-attributes"]);
    if (attributes.kind === "unreadable") emit("firehose.attributes-left-out", { message: attributes.message });
    const sourceArn = headers["x-amz-firehose-source-arn"] ?? "";
    const delivery: Delivery = {
      requestId,
      sourceArn,
      origin: originOf(sourceArn),
      attributes: attributes.kind === "read" ? attributes.attributes : new Map(),
      ...(read.timestamp !== undefined && { timestamp: read.timestamp }),
      records: read.records,
      refused: read.refused,
      headers,
    };
    return answerTo(delivery, abort);
  }

  async function answerTo(delivery: Delivery, abort?: AbortSignal): Promise<HttpAnswer> {
    const { requestId, sourceArn } = delivery;
    const key = repeated.keyOf(delivery);
    if (repeated.has(key)) {
      emit("firehose.repeated", { requestId: requestId.slice(0, 100), source: sourceArn.slice(0, 200) });
      return delivered(requestId, clock.now());
    }
    const taken = await take(delivery, abort);
    switch (taken.kind) {
      case "taken":
        repeated.add(key);
        return delivered(requestId, clock.now());
      case "unavailable":
        return fail(503, requestId, "The records are not durable yet: send them again.");
      case "refused":
        return refuse(400, requestId, taken);
    }
  }

  function refuseHead({ method, headers }: Head, requestId: string): (Why & { status: 400 | 401 | 405 }) | undefined {
    const keys = accessKeys();
    if (!isAllowed(headers["x-amz-firehose-access-key"], keys)) {
      const message = keys
        ? "The access key of the stream is missing or not one of those that are configured."
        : "No access key is configured at the gateway, so that it takes nothing: set one there, and the same at the stream.";
      return { status: 401, reason: "unauthorized", message };
    }
    if (method !== "POST") return { status: 405, reason: "method", message: "Firehose delivers with POST." };
    if (requestId === "")
      return { status: 400, reason: "request-id", message: "The header X-Amz-Firehose-Request-Id is missing." };
    return undefined;
  }

  function refuse(status: 400 | 401 | 405, requestId: string, { reason, message }: Why): HttpAnswer {
    emit("request.refused", { transport: "http", status, reason, message });
    return fail(status, requestId, message);
  }

  function fail(status: 400 | 401 | 405 | 503, requestId: string, message: string): HttpAnswer {
    return failed(status, { requestId: requestId.slice(0, 1000), now: clock.now(), message });
  }
}
