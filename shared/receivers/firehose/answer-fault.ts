import { codingMessage, type HttpFault } from "../../http/fault.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { failed } from "./answers.ts";

/**
 * The answer to a request of Firehose that a server cannot hand on, in Firehose's shape. What is too large is 400: at a 413 Firehose would
 * drop it, and keep no copy.
 */
export function answerFirehoseFault(
  fault: HttpFault,
  head: { readonly headers: Readonly<Record<string, string>> } | undefined,
  now: number,
): HttpAnswer {
  const requestId = (head?.headers["x-amz-firehose-request-id"] ?? "").slice(0, 1000);
  switch (fault.kind) {
    case "too-large":
      return failed(400, {
        requestId,
        now,
        message: "The body is larger than max_body_size: lower the buffer size of the stream.",
      });
    case "coding":
      return failed(400, { requestId, now, message: codingMessage(fault.coding) });
    case "broken":
      return failed(400, { requestId, now, message: fault.message });
    case "no-room":
    case "slow":
    case "crashed":
      return failed(503, { requestId, now, message: "The records could not be taken now: send them again." });
  }
}
