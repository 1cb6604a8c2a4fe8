import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { answerFirehoseFault } from "../../shared/receivers/firehose/answer-fault.ts";
import type { RefusedRecord, TakeDelivery } from "../../shared/receivers/firehose/delivery.ts";
import { createReceiveFirehose } from "../../shared/receivers/firehose/receive.ts";
import type { Secret } from "../../shared/secret.ts";
import type { ComponentContext } from "../controller/component.ts";
import { createHttpListening, type HttpListening, type ListenerArguments } from "./http-listening.ts";

export interface FirehoseListening {
  /** The path that streams deliver to; anything else is 404. */
  readonly path: string;
  /** Asked for each request; without one anybody may deliver. */
  readonly accessKey: () => Secret | undefined;
  readonly take: TakeDelivery;
}

type Context = Pick<ComponentContext<unknown>, "clock" | "emit">;

/** The listening part of a component that streams of Firehose deliver to. */
export function createFirehoseListening(
  given: ListenerArguments,
  { clock, emit }: Context,
  { path, accessKey, take }: FirehoseListening,
): HttpListening {
  const receive = createReceiveFirehose({
    take,
    emit,
    clock,
    accessKeys: () => keysOf(accessKey()),
    maxBodyBytes: 64 * 1_048_576,
  });
  const answer = async (request: HttpRequest): Promise<HttpAnswer> => {
    if (request.path === path || request.method === "GET" || request.method === "HEAD") return receive(request);
    return { status: 404, headers: { "content-type": "text/plain" }, body: Buffer.from("404 page not found") };
  };
  return createHttpListening(given, answer, (fault, head) => answerFirehoseFault(fault, head, clock.now()));
}

function keysOf(key: Secret | undefined): readonly Secret[] {
  return key === undefined || key.reveal() === "" ? [] : [key];
}

/** Tells of what cannot be used, and counts it: an event for each reason. */
export function tellRefused({ emit }: Pick<Context, "emit">, refused: readonly RefusedRecord[]): void {
  for (const [reason, alike] of Map.groupBy(refused, (record) => record.reason)) {
    const bytes = alike.reduce((sum, record) => sum + (record.bytes?.length ?? 0), 0);
    const message = (alike[0]?.message ?? "").slice(0, 500);
    emit("records.refused", { source: "firehose", reason, records: alike.length, bytes, message });
  }
}
