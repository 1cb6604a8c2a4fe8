import { randomBytes, randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { ALBEvent } from "aws-lambda";
import type { HttpAnswer } from "../../shared/http/message.ts";
import { plainFault } from "../../shared/node/http-server/http-fault.ts";
import type { RequestHead } from "../../shared/node/http-server/http-head.ts";
import { createHttpServer, type HttpServer } from "../../shared/node/http-server/http-server.ts";
import { refused } from "../../shared/receivers/otlp-http/answers.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { toAlbEvent } from "./alb-event.ts";
import { fromAlbResult } from "./alb-result.ts";
import { invokeInTime, type LocalFunction } from "./invocation.ts";

export interface AlbFrontOptions {
  /** The function behind the target group. */
  readonly invoke: LocalFunction<ALBEvent>;
  readonly emit: Emit;
  /** Largest body as sent; "1 MB" is not said more exactly anywhere, so it is the smaller reading. */
  readonly maxBodyBytes?: number;
  readonly multiValueHeaders?: boolean;
  /** The function's own timeout: later than this is a 502. */
  readonly timeoutMs?: number;
  /** The function's concurrency: what is above is throttled, which is a 502. */
  readonly maxConcurrency?: number;
}

/**
 * An HTTP server that behaves like an Application Load Balancer with a Lambda target (ELB guide): it turns requests into
 * events and results into answers, refuses bodies above 1 MB itself, and answers 502 for a function that fails.
 */
export function createAlbFront(options: AlbFrontOptions): HttpServer {
  const { invoke, emit, multiValueHeaders = false, timeoutMs = 10_000 } = options;
  const { maxBodyBytes = 1_000_000, maxConcurrency = 100 } = options;
  let running = 0;
  let port = 0;
  const server = createHttpServer({
    handle: (request, { head }) => forward(head, request.body),
    answerFault(fault, head) {
      if (fault.kind === "crashed") return fail("alb-front", fault.error);
      if (fault.kind !== "too-large" || !head) return plainFault(fault);
      const message = `the body is larger than the ${maxBodyBytes} bytes that a load balancer passes to a function`;
      const advice = "send smaller batches, compress them, or send to the daemon";
      emit("request.refused", { transport: "http", status: 413, reason: "too-large", message });
      return refused({ status: 413, reason: "too-large", message: `${message}: ${advice}` }, head);
    },
    maxBodyBytes,
    bodyTimeoutMs: 60_000,
    keepAliveTimeoutMs: 60_000,
    maxHeaderBytes: 128 * 1024,
    repeatedHeaders: "last",
  });
  return {
    ...server,
    async listen(wanted, host) {
      ({ port } = await server.listen(wanted, host));
      return { port };
    },
  };

  async function forward(head: RequestHead, body: Uint8Array): Promise<HttpAnswer> {
    const outcome = toAlbEvent(head, body, { port, multiValueHeaders, traceId });
    if (outcome.kind === "bad-request") return page(400, outcome.message);
    if (running >= maxConcurrency) return fail("ingest", new Error(`throttled at ${maxConcurrency} invocations`));
    running++;
    try {
      const result = fromAlbResult(
        await invokeInTime(invoke, outcome.event, { timeoutMs, awsRequestId: randomUUID() }),
        multiValueHeaders,
      );
      return result.kind === "answer" ? result.answer : fail("ingest", new Error(`invalid result: ${result.message}`));
    } catch (error) {
      return fail("ingest", error);
    } finally {
      running--;
    }
  }

  function fail(where: string, error: unknown): HttpAnswer {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    emit("code.crashed", { where, error: text.slice(0, 2000) });
    return page(502);
  }
}

/** The page that an ALB answers with where it cannot or will not ask the function. */
function page(status: number, detail = ""): HttpAnswer {
  const title = `${status} ${STATUS_CODES[status] ?? ""}`;
  const html = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1>${detail}</center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { server: "awselb/2.0", "content-type": "text/html" }, body: Buffer.from(html) };
}

/** A trace ID as X-Ray writes it: version, seconds in hexadecimal, 96 random bits. */
function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString("hex")}`;
}
