import { refuseEncoding } from "../../grpc/encoding.ts";
import { healthPaths } from "../../grpc/health.ts";
import { grpcCode } from "../../grpc/status.ts";
import { parseTimeout } from "../../grpc/timeout.ts";
import { identify, type SenderTokens } from "../../http/auth.ts";
import { signals } from "../../otlp/signals.ts";
import type { RpcStatus } from "../../rpc/rpc-status.ts";
import { signalNames } from "../../signal.ts";
import { metadataOf } from "../metadata.ts";
import type { GrpcCall, GrpcHead, RefusedCall } from "./call.ts";

export interface OpenOptions {
  /** Absent, or without tokens: no authentication. */
  readonly auth?: SenderTokens;
  /** Whether requests keep the headers that they came with. */
  readonly keepsMetadata?: boolean;
}

const bySignalPath = new Map(signalNames.map((name) => [signals[name].grpcPath, signals[name]]));
const contentType = /^application\/grpc(\+proto)?\s*(;|$)/i;

/** Judges a call by its head: what to read next, or the answer at once. */
export function openCall(head: GrpcHead, { auth, keepsMetadata = false }: OpenOptions): GrpcCall | RefusedCall {
  const type = head.headers["content-type"];
  if (type === undefined || !/^application\/grpc/i.test(type)) {
    return closed({ code: grpcCode.internal, message: "this port speaks gRPC: content-type application/grpc" }, 415);
  }
  const kind = kindOf(head.path);
  if (kind === undefined) {
    return closed({ code: grpcCode.unimplemented, message: `there is no method ${head.path.slice(0, 200)}` });
  }
  if (head.method !== "POST") return closed({ code: grpcCode.unimplemented, message: "gRPC calls are POST requests" });
  if (!contentType.test(type)) {
    return closed({ code: grpcCode.unimplemented, message: "OTLP/gRPC is protobuf: send application/grpc+proto" }, 415);
  }
  const encoding = head.headers["grpc-encoding"]?.toLowerCase();
  const unsupported = refuseEncoding(encoding);
  if (unsupported) return closed(unsupported);
  const signal = bySignalPath.get(head.path);
  const { clientAddress } = head;
  const identity = signal && auth && identify({ authorization: head.headers.authorization }, auth());
  if (signal && auth && !identity) {
    const message = "the authorization metadata must carry a valid bearer token";
    return closed({ code: grpcCode.unauthenticated, message });
  }
  const timeoutMs = parseTimeout(head.headers["grpc-timeout"]);
  const metadata = keepsMetadata && { metadata: metadataOf(head.headers) };
  const from = {
    ...(identity?.sender && { sender: identity.sender }),
    ...(clientAddress !== undefined && { clientAddress }),
  };
  return { kind, encoding, timeoutMs, ...(signal && { signal }), ...from, ...metadata };
}

function kindOf(path: string): GrpcCall["kind"] | undefined {
  if (bySignalPath.has(path)) return "export";
  if (path === healthPaths.check) return "health-check";
  if (path === healthPaths.watch) return "health-watch";
  return undefined;
}

function closed(status: RpcStatus, httpStatus = 200): RefusedCall {
  return { kind: "refused", httpStatus, status };
}
