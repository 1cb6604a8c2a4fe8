import type { Accept } from "../../batch/accept.ts";
import { decodeContent, isLight, lightBytes } from "../../compression/content-encoding.ts";
import { preflight, refusedOrigin, withCors } from "../../http/cors.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import type { InTurn } from "../../in-turn.ts";
import type { SenderLimits } from "../../senders/sender-limits.ts";
import type { Emit } from "../../telemetry/events/events.ts";
import { acceptRequest } from "../accept-request.ts";
import { limitText } from "../limit-text.ts";
import { metadataOf } from "../metadata.ts";
import { accepted, healthy, limited, refused, unavailable } from "./answers.ts";
import { type Checked, checkContent } from "./check-content.ts";
import type { Refusal } from "./refusals.ts";
import {
  type Head,
  healthPath,
  type Refused,
  type Routed,
  type RouteOptions,
  routeOf,
  routeRequest,
} from "./route-request.ts";

/** What a receiver is made of. */
export interface ReceiveOptions extends RouteOptions {
  readonly accept: Accept;
  readonly emit: Emit;
  /** Limit of a body once decompressed, all its members together. */
  readonly maxBodyBytes: number;
  /** Where large bodies are decoded and checked; absent: at once. */
  readonly inTurn?: InTurn;
  /** Turns a sender away by the head of a request, while it is over its limits; absent: once the request is read. */
  readonly limits?: SenderLimits;
  /** Whether requests keep the headers that they came with. */
  readonly keepsMetadata?: boolean;
}

/** What a server knows beside the request. */
export interface ReceiveContext {
  /** Ends the waiting for durability. */
  readonly abort?: AbortSignal;
  /** Called when the body is no longer needed as it came; `bytes` are held from now on. False where this client may not hold them. */
  readonly onDecoded?: (bytes: number) => boolean;
}

/** Answers one OTLP/HTTP request. Never rejects. */
export interface Receive {
  (request: HttpRequest, context?: ReceiveContext): Promise<HttpAnswer>;
  /** The refusal of a request by its head alone, so that strangers cost no body; undefined when it may go on. */
  admit(head: Head): HttpAnswer | undefined;
}

const crashRetryMs = 5000;

/**
 * OTLP/HTTP without a server: routes, decodes, validates, makes the request durable, and answers as the OTLP 1.11
 * specification and RFC 9110 say. Bad input is always 4xx, and a fault of ours 503, so that clients keep their data.
 */
export function createReceive(options: ReceiveOptions): Receive {
  const { accept: makeDurable, emit, maxBodyBytes, cors, inTurn = atOnce } = options;

  return Object.assign(receive, {
    admit(head: Head) {
      if (cors && head.method === "OPTIONS" && refusedOrigin(head, cors) === undefined) return undefined;
      if (isHealth(head)) return undefined;
      const routed = routeRequest(head, options);
      const answer = routed.kind === "routed" ? overLimit(routed, head) : refuse(routed, head);
      return answer && cors ? withCors(answer, head, cors) : answer;
    },
  });

  async function receive(request: HttpRequest, context: ReceiveContext = {}): Promise<HttpAnswer> {
    if (!cors) return respond(request, context);
    return preflight(request, cors) ?? withCors(await respond(request, context), request, cors);
  }

  async function respond(request: HttpRequest, { abort, onDecoded }: ReceiveContext): Promise<HttpAnswer> {
    try {
      if (isHealth(request)) return healthy(request.method);
      const routed = routeRequest(request, options);
      if (routed.kind === "refused") return refuse(routed, request);
      const over = overLimit(routed, request);
      if (over) return over;
      const checked = await check(request, routed);
      if (checked.kind === "refused") return refuse(checked, request);
      if (onDecoded?.(checked.received.bytes.length) === false) return noRoom(checked, request);
      return await accept({ ...checked, routed }, request, abort);
    } catch (error) {
      emit("code.crashed", { where: "http.receive", error: describe(error) });
      return unavailable("The gateway failed on this request: send it again.", crashRetryMs, request);
    }
  }

  async function check({ body, headers }: HttpRequest, routed: Routed): Promise<Checked | Refused> {
    const coding = headers["content-encoding"];
    if (isLight(body, coding)) {
      const content = decodeContent(body, coding, Math.min(maxBodyBytes, lightBytes));
      if (content.kind !== "too-large" || maxBodyBytes <= lightBytes)
        return checkContent(content, coding, { ...routed, maxBodyBytes });
    }
    return inTurn(() => checkContent(decodeContent(body, coding, maxBodyBytes), coding, { ...routed, maxBodyBytes }));
  }

  async function accept(checked: Accepting, request: HttpRequest, abort?: AbortSignal): Promise<HttpAnswer> {
    const { signal, encoding } = checked;
    const { sender } = checked.routed;
    const { clientAddress, principal } = request;
    const received = {
      ...checked.received,
      ...(options.keepsMetadata && { metadata: metadataOf(request.headers) }),
      ...(sender && { sender }),
      ...(clientAddress !== undefined && { clientAddress }),
      ...(principal !== undefined && { principal }),
    };
    const acceptance = await acceptRequest(received, { accept: makeDurable, emit, transport: "http", abort });
    if (acceptance.kind === "unavailable") {
      const { retryAfterMs, limit } = acceptance;
      if (limit !== undefined) return limited(limitText(limit), retryAfterMs, request);
      return unavailable("The request could not be stored: send it again later.", retryAfterMs, request);
    }
    const { rejected } = acceptance;
    return accepted(signal, encoding, rejected && { rejected: rejected.items, message: rejected.message });
  }

  function noRoom({ signal }: Checked, request: HttpRequest): HttpAnswer {
    const retryAfterMs = crashRetryMs;
    emit("request.unavailable", { signal: signal.name, transport: "http", reason: "memory", retryAfterMs });
    return unavailable("This connection has too much under way: send it again later.", retryAfterMs, request);
  }

  function overLimit({ sender, signal }: Routed, head: Head): HttpAnswer | undefined {
    const over = sender && options.limits?.refusal(sender);
    if (!over) return undefined;
    const { limit, retryAfterMs } = over;
    emit("request.limited", { signal: signal.name, transport: "http", sender: sender.name, limit, retryAfterMs });
    return limited(limitText(limit), retryAfterMs, head);
  }

  function refuse(refusal: Refusal, request: Head): HttpAnswer {
    const { status, reason, message } = refusal;
    const signal = routeOf(request.path);
    emit("request.refused", { ...(signal && { signal: signal.name }), transport: "http", status, reason, message });
    return refused(refusal, request);
  }
}

type Accepting = Checked & { readonly routed: Routed };

function isHealth({ path, method }: Head): boolean {
  return path === healthPath && isRead(method);
}

async function atOnce<T>(work: () => T): Promise<T> {
  return work();
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).slice(0, 2000) : String(error).slice(0, 2000);
}
