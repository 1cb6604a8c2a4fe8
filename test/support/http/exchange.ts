import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { createHttpTransport, type HttpTransportOptions } from "../../../shared/node/http-client/http-transport.ts";

/** A short answer that keeps the connection. */
export const okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** An answer that may come before the request is there. */
export const refusal = "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 9\r\n\r\ntoo large";

/** A body that no socket takes at once. */
export const large = Buffer.alloc(32 * 2 ** 20, 0x61);

/** What `startExchange` posts unless it is told otherwise. */
export const shortBody = "request";

export interface Posted {
  readonly body?: Uint8Array;
  readonly timeoutMs?: number;
  readonly abort?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of a server below HTTP, on loopback, until the test ends; `serve` gets each connection with its number. */
export async function startExchange(
  serve: (socket: Socket, number: number) => void,
  options: HttpTransportOptions = {},
) {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket.on("error", () => {}));
    serve(socket, sockets.length);
  });
  const url = await listenOn(server);
  const transport = createHttpTransport(options);
  onTestFinished(() => {
    transport.close();
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    url,
    sockets,
    post: ({ headers = {}, body = Buffer.from(shortBody), timeoutMs = 3_000, abort }: Posted = {}) =>
      transport.post({ url, headers, body }, { timeoutMs, ...(abort && { abort }) }),
  };
}

/** The URL of a server that listens on loopback from now on. */
export async function listenOn(server: Server, scheme = "http"): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
}

/** Answers each short request with the next of `answers`, and with 200 when there are none left. */
export function answering(answers: readonly (string | ((socket: Socket) => void))[]) {
  const left = [...answers];
  return (socket: Socket): void => {
    let seen = "";
    socket.on("data", (chunk) => {
      seen += chunk.toString("latin1");
      if (!seen.endsWith(shortBody)) return;
      seen = "";
      const answer = left.shift() ?? okAnswer;
      if (typeof answer === "string") socket.write(answer);
      else answer(socket);
    });
  };
}
