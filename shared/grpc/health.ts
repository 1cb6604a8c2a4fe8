import type { RpcStatus } from "../otlp/rpc-status.ts";
import { signals } from "../otlp/signals.ts";
import { signalNames } from "../signal.ts";
import { grpcCode } from "./status.ts";

/** `:path` of the two methods of the standard health service (grpc: health-checking.md). */
export const healthPaths = { check: "/grpc.health.v1.Health/Check", watch: "/grpc.health.v1.Health/Watch" } as const;

/** `HealthCheckResponse.ServingStatus`. */
export const servingStatus = { serving: 1, notServing: 2, serviceUnknown: 3 } as const;

/** The health of the server as a whole; all its services share it. */
export interface Health {
  serving(): boolean;
  set(serving: boolean): void;
  /** Calls `changed` at every change until the returned function is called. */
  watch(changed: () => void): () => void;
}

/** The health that Check and Watch tell about; it starts as NOT_SERVING. */
export function createHealth(): Health {
  const watchers = new Set<() => void>();
  let serving = false;
  return {
    serving: () => serving,
    set(value) {
      if (value === serving) return;
      serving = value;
      for (const changed of [...watchers]) changed();
    },
    watch(changed) {
      watchers.add(changed);
      return () => void watchers.delete(changed);
    },
  };
}

const services = new Set([
  "",
  "grpc.health.v1.Health",
  ...signalNames.map((name) => serviceOf(signals[name].grpcPath)),
]);

/** The answer to `Check`: a `HealthCheckResponse`, or why there is none. */
export function checkHealth(
  request: Uint8Array,
  health: Health,
):
  | { readonly kind: "response"; readonly message: Uint8Array }
  | { readonly kind: "refused"; readonly status: RpcStatus } {
  const service = serviceIn(request);
  if (service === undefined) {
    return { kind: "refused", status: { code: grpcCode.invalidArgument, message: "HealthCheckRequest is malformed" } };
  }
  if (!services.has(service)) {
    const named = JSON.stringify(service.slice(0, 100));
    return { kind: "refused", status: { code: grpcCode.notFound, message: `there is no service ${named}` } };
  }
  return { kind: "response", message: healthResponse(health.serving() ? "serving" : "notServing") };
}

/** What `Watch` sends now for the service that `request` names: an unknown one may come to exist, so it is no error. */
export function watchedHealth(request: Uint8Array, health: Health): Uint8Array {
  const service = serviceIn(request);
  if (service === undefined || !services.has(service)) return healthResponse("serviceUnknown");
  return healthResponse(health.serving() ? "serving" : "notServing");
}

function healthResponse(status: keyof typeof servingStatus): Uint8Array {
  return Uint8Array.of(0x08, servingStatus[status]);
}

/** Field 1 of `HealthCheckRequest`, which is all it has: read without a decoder; `undefined` when malformed. */
function serviceIn(request: Uint8Array): string | undefined {
  if (request.length === 0) return "";
  const length = request[1];
  if (request[0] !== 0x0a || length === undefined || length > 0x7f || request.length !== 2 + length) return undefined;
  return Buffer.from(request.subarray(2)).toString("utf8");
}

function serviceOf(grpcPath: string): string {
  return grpcPath.slice(1, grpcPath.lastIndexOf("/"));
}
