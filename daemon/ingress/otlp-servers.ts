import type { Accept } from "../../shared/batch/accept.ts";
import { type Budget, connectionShare } from "../../shared/commit/budget.ts";
import { withBudget } from "../../shared/commit/with-budget.ts";
import type { Health } from "../../shared/grpc/health.ts";
import type { SenderTokens } from "../../shared/http/auth.ts";
import type { HttpRequest } from "../../shared/http/message.ts";
import type { InTurn } from "../../shared/in-turn.ts";
import { createHttpServer, type HttpServerOptions } from "../../shared/node/http-server/http-server.ts";
import type { TlsMaterial } from "../../shared/node/tls.ts";
import { createAnswerFault } from "../../shared/receivers/otlp-http/answer-fault.ts";
import { createReceive } from "../../shared/receivers/otlp-http/receive.ts";
import type { SenderLimits } from "../../shared/senders/sender-limits.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { busyRetryMs } from "./busy-retry.ts";
import type { GrpcConnections } from "./grpc-ingress.ts";
import { createGrpcOnDemand } from "./grpc-on-demand.ts";
import { maxConnectionsFor } from "./max-connections.ts";
import type { OtlpServer } from "./otlp-server.ts";

/** What a server of the receiver needs, whatever it speaks. */
export interface ServerOptions {
  readonly accept: Accept;
  readonly budget: Budget;
  readonly emit: Emit;
  readonly maxRequestBytes: number;
  readonly auth: SenderTokens;
  /** Turns senders away by the head of a request, while they are over their limits. */
  readonly limits?: SenderLimits;
  readonly keepsMetadata: boolean;
  readonly tls: TlsMaterial | undefined;
  readonly health: Health;
  /** Where large messages are decoded and checked, shared with whatever else has large ones. */
  readonly inTurn: InTurn;
}

export interface GrpcOptions extends ServerOptions {
  readonly connections?: GrpcConnections;
}

export interface HttpOptions extends ServerOptions {
  /** Of connections, where they are others than the server's own. */
  readonly connections?: HttpConnections;
  readonly corsOrigins: readonly string[];
  /** The path of each signal, where it is another than OTLP's, to OTLP's. */
  readonly paths: ReadonlyMap<string, string>;
}

export type HttpConnections = Pick<
  HttpServerOptions,
  "headersTimeoutMs" | "bodyTimeoutMs" | "keepAliveTimeoutMs" | "answerTimeoutMs" | "closesConnections"
>;

/** OTLP/gRPC; with TLS it is made at once, because a certificate that cannot be used is reported at once. */
export async function createGrpcReceiver({ tls, ...options }: GrpcOptions): Promise<OtlpServer> {
  const open = async () => {
    const { createGrpcIngress } = await import("./grpc-ingress.ts");
    return createGrpcIngress({ ...options, ...(tls && { tls }) });
  };
  if (!tls) return createGrpcOnDemand(open);
  const server = await open();
  return { ...server, requests: () => server.load().calls };
}

/** OTLP/HTTP. */
export function createHttpReceiver(options: HttpOptions): OtlpServer {
  const { budget, emit, maxRequestBytes, auth, keepsMetadata, corsOrigins, paths, tls, inTurn, limits } = options;
  const cors = corsOrigins.length > 0 && { cors: { origins: corsOrigins } };
  const answerFault = createAnswerFault({ emit, maxBodyBytes: maxRequestBytes, busyRetryMs, ...cors });
  const receive = createReceive({
    accept: withBudget(options.accept, { budget, retryAfterMs: busyRetryMs }),
    emit,
    maxBodyBytes: maxRequestBytes,
    auth,
    keepsMetadata,
    inTurn,
    ...(limits && { limits }),
    ...cors,
  });
  const server = createHttpServer({
    ...options.connections,
    maxConnections: maxConnectionsFor(budget),
    handle: (request, context) => receive(routed(request, paths), context),
    maxBodyBytes: maxRequestBytes,
    answerFault,
    // Whoever may not send is refused before a byte of the body is held.
    admit: (declaredBytes, head) =>
      receive.admit(routed(head, paths)) ??
      (budget.fits(declaredBytes ?? 0) ? undefined : answerFault({ kind: "no-room" }, head)),
    keep: budget.reserve,
    release: budget.release,
    maxConnectionBytes: Math.floor(budget.limitBytes * connectionShare),
    ...(tls && { tls }),
  });
  return { ...server, requests: () => server.load().requests };
}

/** A request with the path of OTLP in place of the one that is configured; OTLP's own is then no path any more. */
function routed<Request extends Pick<HttpRequest, "path">>(
  request: Request,
  paths: ReadonlyMap<string, string>,
): Request {
  if (paths.size === 0) return request;
  const path = paths.get(request.path);
  if (path !== undefined) return { ...request, path };
  return [...paths.values()].includes(request.path) ? { ...request, path: "/" } : request;
}
