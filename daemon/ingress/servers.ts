import type { Sink } from "../../shared/batch/accept.ts";
import type { Budget } from "../../shared/commit/budget.ts";
import { createBudgetSink } from "../../shared/commit/budget-sink.ts";
import type { ConfigStore } from "../../shared/config/config-store.ts";
import type { Health } from "../../shared/grpc/health.ts";
import type { GrpcServer } from "../../shared/node/grpc-server.ts";
import type { RequestHead } from "../../shared/node/http-head.ts";
import { createHttpServer, type HttpServer } from "../../shared/node/http-server.ts";
import type { TlsMaterial } from "../../shared/node/tls.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { refused, unavailable } from "../../shared/receivers/otlp-http/answers.ts";
import { createReceive } from "../../shared/receivers/otlp-http/receive.ts";
import { tooLarge } from "../../shared/receivers/otlp-http/refusals.ts";
import { signalNames } from "../../shared/signal.ts";
import type { Emit } from "../../shared/telemetry/events.ts";
import { busyRetryMs, createGrpcIngress } from "./grpc-ingress.ts";

export interface ServersOptions {
  readonly sink: Sink;
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

const busyWords = "The memory for requests in flight is used up: send it again later.";

/** The two ways in, which share a sink, a budget of memory, limits, tokens and a certificate. */
export function createServers(options: ServersOptions): Servers {
  const { sink, store, health, budget, maxRequestBytes, emit, tls } = options;
  const auth = () => store.current().senderTokens ?? [];
  const secured = tls && { tls };

  const grpc = createGrpcIngress({ sink, emit, health, budget, maxRequestBytes, auth, ...secured });

  const { corsOrigins } = store.current();
  const cors = corsOrigins && { cors: { origins: corsOrigins } };
  const http = createHttpServer({
    handle: createReceive({
      sink: createBudgetSink({ sink, budget, retryAfterMs: busyRetryMs }),
      emit,
      maxBodyBytes: maxRequestBytes,
      auth,
      ...cors,
    }),
    maxBodyBytes: maxRequestBytes,
    onTooLarge(head) {
      const refusal = tooLarge(maxRequestBytes);
      const { status, reason, message } = refusal;
      emit("request.refused", { transport: "http", status, reason, message, ...signalOf(head) });
      return refused(refusal, head);
    },
    admit: (declaredBytes, head) => (budget.fits(declaredBytes ?? 0) ? undefined : shed(head)),
    keep: budget.reserve,
    release: budget.release,
    onNoRoom: shed,
    ...secured,
  });
  return { grpc, http };

  function shed(head: RequestHead) {
    const { signal } = signalOf(head);
    if (signal) emit("request.unavailable", { signal, transport: "http", reason: "memory", retryAfterMs: busyRetryMs });
    return unavailable(busyWords, busyRetryMs, head);
  }
}

function signalOf({ path }: RequestHead) {
  const signal = signalNames.find((name) => signals[name].path === path);
  return signal ? { signal } : {};
}
