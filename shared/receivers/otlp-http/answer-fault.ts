import { type Cors, withCors } from "../../http/cors.ts";
import { codingMessage, type HttpFault } from "../../http/fault.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { signals } from "../../otlp/signals.ts";
import { signalNames } from "../../signal.ts";
import type { Emit } from "../../telemetry/events/events.ts";
import { refused, unavailable } from "./answers.ts";
import { type Refusal, tooLarge } from "./refusals.ts";

export interface AnswerFaultOptions {
  readonly emit: Emit;
  readonly maxBodyBytes: number;
  readonly cors?: Cors;
  /** What a client is told that finds no room, or whose request did not come in time. */
  readonly busyRetryMs: number;
}

type Head = Pick<HttpRequest, "path" | "headers">;

const noHead: Head = { path: "", headers: {} };

/**
 * What OTLP clients and the operator are told of requests that never reached `receive`: a Status as everywhere, counted and
 * logged as everywhere, readable for pages. Whatever is not the client's fault is 503, since clients drop on 408 and 500.
 */
export function createAnswerFault(options: AnswerFaultOptions): (fault: HttpFault, head?: Head) => HttpAnswer {
  const { emit, maxBodyBytes, cors, busyRetryMs: retryAfterMs } = options;

  return function answerFault(fault, head = noHead) {
    const answer = judge(fault, head);
    return cors ? withCors(answer, head, cors) : answer;
  };

  function judge(fault: HttpFault, head: Head): HttpAnswer {
    switch (fault.kind) {
      case "too-large":
        return refuse(tooLarge(maxBodyBytes), head);
      case "coding":
        return refuse({ status: 501, reason: "transfer-encoding", message: codingMessage(fault.coding) }, head);
      case "broken":
        return refuse(fault, head);
      case "no-room":
        return again("memory", "The memory for requests in flight is used up: send it again later.", head);
      case "slow":
        return again("slow", "The request did not arrive in time: send it again.", head);
      case "crashed":
        emit("code.crashed", { where: "http-server", error: String(fault.error).slice(0, 500) });
        return unavailable("The gateway failed on this request: send it again.", retryAfterMs, head);
    }
  }

  function refuse(refusal: Refusal, head: Head): HttpAnswer {
    const { status, reason, message } = refusal;
    emit("request.refused", { transport: "http", status, reason, message, ...signalOf(head) });
    return refused(refusal, head);
  }

  function again(reason: string, message: string, head: Head): HttpAnswer {
    const { signal } = signalOf(head);
    if (signal) emit("request.unavailable", { signal, transport: "http", reason, retryAfterMs });
    return unavailable(message, retryAfterMs, head);
  }
}

function signalOf({ path }: Head) {
  const signal = signalNames.find((name) => signals[name].path === path);
  return signal ? { signal } : {};
}
