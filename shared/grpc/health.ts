import type { RpcStatus } from "../rpc/rpc-status.ts";
import { grpcCode } from "./status.ts";

/** `:path` of the two methods of the standard health service (grpc: health-checking.md). */
export const healthPaths = { check: "/grpc.health.v1.Health/Check", watch: "/grpc.health.v1.Health/Watch" } as const;

/** `HealthCheckResponse.ServingStatus`. */
export const servingStatus = { serving: 1, notServing: 2, serviceUnknown: 3 } as const;

/** The health of the server as a whole; all its services share it. */
export interface Health {
  serving(): boolean;
  /** Whether the server has the service of this name; the empty name stands for the whole of it. */
  knows(service: string): boolean;
  set(serving: boolean): void;
  /** Calls `changed` at every change until the returned function is called. */
  watch(changed: () => void): () => void;
}

/** The health that Check and Watch tell about, of a server with these services besides its own; it starts as NOT_SERVING. */
export function createHealth(services: readonly string[]): Health {
  const known = new Set(["", "grpc.health.v1.Health", ...services]);
  const watchers = new Set<() => void>();
  let serving = false;
  return {
    serving: () => serving,
    knows: (service) => known.has(service),
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
  if (!health.knows(service)) {
    const named = JSON.stringify(service.slice(0, 100));
    return { kind: "refused", status: { code: grpcCode.notFound, message: `there is no service ${named}` } };
  }
  return { kind: "response", message: healthResponse(health.serving() ? "serving" : "notServing") };
}

/** What `Watch` sends now for the service that `request` names: an unknown one may come to exist, so this is not an error. */
export function watchedHealth(request: Uint8Array, health: Health): Uint8Array {
  const service = serviceIn(request);
  if (service === undefined || !health.knows(service)) return healthResponse("serviceUnknown");
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
