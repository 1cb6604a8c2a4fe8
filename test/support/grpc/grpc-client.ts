import { type ClientHttp2Session, type ClientHttp2Stream, connect, type SecureClientSessionOptions } from "node:http2";
import type { RpcStatus } from "../../../shared/rpc/rpc-status.ts";
import { decodeStatus } from "../../../shared/rpc/status.ts";

/** What came back, trailers and headers together. */
export interface GrpcReply {
  readonly httpStatus: number;
  /** -1 when there is none. */
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly trailersOnly: boolean;
  readonly details: RpcStatus | undefined;
  readonly body: Buffer;
  /** Code of RST_STREAM, 0 for none. */
  readonly reset: number;
}

/** A client that sends exactly the frames it is told to, for what no gRPC library would send. */
export interface GrpcClient {
  readonly session: ClientHttp2Session;
  /** Opens a stream without sending anything. */
  open(path: string, headers?: Record<string, string>): { stream: ClientHttp2Stream; reply: Promise<GrpcReply> };
  /** Sends `chunks` and ends the stream. */
  call(path: string, chunks: readonly Uint8Array[], headers?: Record<string, string>): Promise<GrpcReply>;
  close(): void;
}

/** Connects to a gRPC server on loopback. */
export async function grpcClient(port: number, tls?: SecureClientSessionOptions): Promise<GrpcClient> {
  // Node's client counts what it has not sent yet, and gives up streams beyond 10 MB; gRPC libraries lift that too.
  const session = connect(`${tls ? "https" : "http"}://127.0.0.1:${port}`, { ...tls, maxSessionMemory: 1000 });
  // As gRPC libraries do: only then is it known how many streams may be open.
  await new Promise((resolve, reject) => {
    session.once("remoteSettings", resolve).once("error", reject);
    session.once("close", () => reject(new Error("the server closed the connection")));
  });
  session.on("error", () => {});

  function open(path: string, headers: Record<string, string> = {}) {
    const fields = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers", ...headers };
    const stream = session.request(fields, { endStream: false });
    return { stream, reply: replyOf(stream) };
  }

  return {
    session,
    open,
    call(path, chunks, headers) {
      const { stream, reply } = open(path, headers);
      for (const chunk of chunks) stream.write(chunk);
      stream.end();
      return reply;
    },
    close: () => session.destroy(),
  };
}

/** The bytes of one message on the wire; `length` lies about its length. */
export function framed(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

function replyOf(stream: ClientHttp2Stream): Promise<GrpcReply> {
  const headers: Record<string, string> = {};
  const chunks: Buffer[] = [];
  let trailersOnly = false;
  const add = (fields: object) => {
    for (const [name, value] of Object.entries(fields)) headers[name] = String(value);
  };
  stream.on("response", (fields) => {
    trailersOnly = "grpc-status" in fields;
    add(fields);
  });
  stream.on("trailers", add);
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("error", () => {});
  return new Promise((resolve) => {
    stream.once("close", () => {
      const details = headers["grpc-status-details-bin"];
      resolve({
        httpStatus: Number(headers[":status"] ?? 0),
        status: Number(headers["grpc-status"] ?? -1),
        message: decodeURIComponent(headers["grpc-message"] ?? ""),
        headers,
        trailersOnly,
        details: details === undefined ? undefined : decodeStatus(Buffer.from(details, "base64"), "protobuf"),
        body: Buffer.concat(chunks),
        reset: stream.rstCode ?? 0,
      });
    });
  });
}
