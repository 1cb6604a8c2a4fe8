import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** An HTTP proxy on loopback for CONNECT, and for plain requests with an absolute URL. */
export interface ConnectProxy {
  readonly port: number;
  /** `CONNECT host:port` and `POST url` as they were asked for, with the proxy's credentials where there were any. */
  readonly asked: string[];
  close(): void;
}

/** Connects to loopback whatever host is asked for, so that names need not resolve. `refuse` answers that status. */
export async function startConnectProxy({ refuse }: { readonly refuse?: number } = {}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(200).end("through the proxy");
  });
  server.on("connect", (request, socket: Socket) => {
    const credentials = request.headers["proxy-authorization"];
    asked.push(["CONNECT", request.url, ...(credentials ? [credentials] : [])].join(" "));
    sockets.add(socket);
    socket.on("error", () => {});
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
    const onward = connect({ host: "127.0.0.1", port: Number(request.url?.split(":").at(-1)) }, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    sockets.add(onward);
    onward.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    },
  };
}
