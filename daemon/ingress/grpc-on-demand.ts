import { createServer, type Socket } from "node:net";
import type { GrpcServer } from "../../shared/node/grpc-server/grpc-server.ts";
import { listenOn } from "../../shared/node/listen.ts";
import type { OtlpServer } from "./otlp-server.ts";

/**
 * Listens without HTTP/2, which is loaded for the first connection: 9 MiB that a process whose senders speak OTLP/HTTP need not hold
 * (docs/decisions/0215-load-what-is-used.md). Every connection belongs to the server that `open` makes then.
 */
export function createGrpcOnDemand(open: () => Promise<GrpcServer>): OtlpServer {
  let opening: Promise<GrpcServer> | undefined;
  let opened: GrpcServer | undefined;
  const early = new Set<Socket>();

  const front = createServer((socket) => {
    if (opened) opened.adopt(socket);
    else void adoptLater(socket);
  });

  async function adoptLater(socket: Socket): Promise<void> {
    early.add(socket);
    const forget = () => early.delete(socket);
    // A client may go before the server is there.
    socket.once("error", forget).once("close", forget);
    opening ??= open();
    opened = await opening;
    front.maxConnections = opened.maxSockets;
    if (early.delete(socket) && !socket.destroyed) opened.adopt(socket);
  }

  return {
    listen: (port, host) => listenOn(front, port, host),
    setTls() {},
    async close(deadlineMs) {
      const closed = new Promise<void>((resolve) => front.close(() => resolve()));
      for (const socket of early) socket.destroy();
      await (await opening)?.close(deadlineMs);
      await closed;
    },
    requests: () => opened?.load().calls ?? 0,
  };
}
