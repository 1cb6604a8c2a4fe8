import type { Accept } from "../../shared/batch/accept.ts";
import type { Budget } from "../../shared/commit/budget.ts";
import { withBudget } from "../../shared/commit/with-budget.ts";
import type { Health } from "../../shared/grpc/health.ts";
import { grpcCode } from "../../shared/grpc/status.ts";
import type { SenderTokens } from "../../shared/http/auth.ts";
import type { InTurn } from "../../shared/in-turn.ts";
import {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
} from "../../shared/node/grpc-server/grpc-server.ts";
import type { TlsMaterial } from "../../shared/node/tls.ts";
import { createReceive } from "../../shared/receivers/otlp-grpc/receive.ts";
import type { SenderLimits } from "../../shared/senders/sender-limits.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { busyRetryMs } from "./busy-retry.ts";
import { maxConnectionsFor } from "./max-connections.ts";

export interface GrpcIngressOptions {
  /** Of connections, where they are others than the server's own. */
  readonly connections?: GrpcConnections;
  readonly accept: Accept;
  readonly emit: Emit;
  /** Told to clients of the health service; the caller sets it. */
  readonly health: Health;
  /** Memory for requests from their first byte to their answer. */
  readonly budget: Budget;
  readonly maxRequestBytes: number;
  readonly auth: SenderTokens;
  /** Turns senders away by the head of a call, while they are over their limits. */
  readonly limits?: SenderLimits;
  /** Where large messages are decoded and checked, shared with whatever else has large ones. */
  readonly inTurn?: InTurn;
  readonly tls?: TlsMaterial;
  /** Whether requests keep the headers that they came with. */
  readonly keepsMetadata?: boolean;
}

export type GrpcConnections = Pick<
  GrpcServerOptions,
  "maxStreamsPerConnection" | "idleMs" | "ageMs" | "ageGraceMs" | "pingMs" | "pingTimeoutMs"
>;

/** OTLP/gRPC in front of whatever makes requests durable: the daemon's, and the local stack's. */
export function createGrpcIngress(options: GrpcIngressOptions): GrpcServer {
  const {
    emit,
    health,
    budget,
    maxRequestBytes: maxMessageBytes,
    auth,
    inTurn,
    tls,
    limits,
    keepsMetadata = false,
  } = options;
  const accept = withBudget(options.accept, { budget, retryAfterMs: busyRetryMs });
  return createGrpcServer({
    ...options.connections,
    maxConnections: maxConnectionsFor(budget),
    receive: createReceive({
      accept,
      emit,
      health,
      maxMessageBytes,
      busyRetryMs,
      auth,
      keepsMetadata,
      ...(inTurn && { inTurn }),
      ...(limits && { limits }),
    }),
    health,
    budget,
    maxMessageBytes,
    onBroken(reason, message) {
      emit("request.refused", { transport: "grpc", status: grpcCode.unavailable, reason, message });
    },
    onCrash: (error) => emit("code.crashed", { where: "grpc-server", error: String(error).slice(0, 500) }),
    ...(tls && { tls }),
  });
}
