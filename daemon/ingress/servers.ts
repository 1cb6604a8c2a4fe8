import type { Accept } from "../../shared/batch/accept.ts";
import { type Budget, connectionShare } from "../../shared/commit/budget.ts";
import { withBudget } from "../../shared/commit/with-budget.ts";
import type { ConfigStore } from "../../shared/config/config-store.ts";
import type { Health } from "../../shared/grpc/health.ts";
import type { GrpcServer } from "../../shared/node/grpc-server.ts";
import { createHttpServer, type HttpServer } from "../../shared/node/http-server.ts";
import { createInTurn } from "../../shared/node/loop-turn.ts";
import type { TlsMaterial } from "../../shared/node/tls.ts";
import { createAnswerFault } from "../../shared/receivers/otlp-http/answer-fault.ts";
import { createReceive } from "../../shared/receivers/otlp-http/receive.ts";
import type { Emit } from "../../shared/telemetry/events.ts";
import { busyRetryMs, createGrpcIngress } from "./grpc-ingress.ts";

export interface ServersOptions {
  readonly accept: Accept;
  readonly store: ConfigStore;
  readonly health: Health;
  readonly budget: Budget;
  readonly maxRequestBytes: number;
  readonly emit: Emit;
  readonly tls: TlsMaterial | undefined;
}

export interface Servers {
  readonly grpc: GrpcServer;
  readonly http: HttpServer;
}

/** The two ways in, which share a sink, a budget of memory, limits, tokens and a certificate. */
export function createServers(options: ServersOptions): Servers {
  const { accept, store, health, budget, maxRequestBytes, emit, tls } = options;
  const auth = () => store.current().senderTokens ?? [];
  const secured = tls && { tls };

  const inTurn = createInTurn();

  const grpc = createGrpcIngress({ accept, emit, health, budget, maxRequestBytes, auth, inTurn, ...secured });

  const { corsOrigins } = store.current();
  const cors = corsOrigins && { cors: { origins: corsOrigins } };
  const answerFault = createAnswerFault({ emit, maxBodyBytes: maxRequestBytes, busyRetryMs, ...cors });
  const receive = createReceive({
    accept: withBudget(accept, { budget, retryAfterMs: busyRetryMs }),
    emit,
    maxBodyBytes: maxRequestBytes,
    auth,
    inTurn,
    ...cors,
  });
  const http = createHttpServer({
    handle: receive,
    maxBodyBytes: maxRequestBytes,
    answerFault,
    // Whoever may not send is told so before a byte of the body is held.
    admit: (declaredBytes, head) =>
      receive.admit(head) ?? (budget.fits(declaredBytes ?? 0) ? undefined : answerFault({ kind: "no-room" }, head)),
    keep: budget.reserve,
    release: budget.release,
    maxConnectionBytes: Math.floor(budget.limitBytes * connectionShare),
    ...secured,
  });
  return { grpc, http };
}
