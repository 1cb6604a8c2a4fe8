import type { Accept, Acceptance, ReceivedRequest } from "../../../shared/batch/accept.ts";
import { createBudget } from "../../../shared/commit/budget.ts";
import { withBudget } from "../../../shared/commit/with-budget.ts";
import { createHealth, type Health } from "../../../shared/grpc/health.ts";
import {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
} from "../../../shared/node/grpc-server/grpc-server.ts";
import { otlpServices } from "../../../shared/otlp/signals.ts";
import { createReceive } from "../../../shared/receivers/otlp-grpc/receive.ts";

export interface TestServer {
  readonly port: number;
  readonly server: GrpcServer;
  readonly health: Health;
  /** What was accepted, in order. */
  readonly accepted: ReceivedRequest[];
  readonly events: { name: string; fields: object }[];
  readonly crashes: unknown[];
  readonly usedBytes: () => number;
}

export interface TestServerOptions extends Partial<GrpcServerOptions> {
  readonly accept?: (request: ReceivedRequest, abort?: AbortSignal) => Promise<Acceptance>;
  readonly budgetBytes?: number;
}

/** A gRPC server on loopback that remembers what it accepts. */
export async function startGrpcServer(options: TestServerOptions = {}): Promise<TestServer> {
  const accepted: ReceivedRequest[] = [];
  const events: TestServer["events"] = [];
  const crashes: unknown[] = [];
  const health = createHealth(otlpServices);
  health.set(true);
  const budget = createBudget(options.budgetBytes ?? 2 ** 30);
  const accept: Accept = async (request, abort) => {
    accepted.push(request);
    return (await options.accept?.(request, abort)) ?? { kind: "accepted" };
  };
  const maxMessageBytes = options.maxMessageBytes ?? 64 * 1024 * 1024;
  const receive = createReceive({
    accept: withBudget(accept, { budget, retryAfterMs: 1500 }),
    emit: (name, fields) => void events.push({ name, fields }),
    health,
    maxMessageBytes,
    busyRetryMs: 1500,
  });
  const onCrash = (error: unknown) => void crashes.push(error);
  const server = createGrpcServer({ receive, health, budget, onCrash, ...options, maxMessageBytes });
  const { port } = await server.listen(0, "127.0.0.1");
  return { port, server, health, accepted, events, crashes, usedBytes: budget.used };
}
