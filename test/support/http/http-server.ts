import { onTestFinished } from "vitest";
import type { HttpAnswer } from "../../../shared/http/message.ts";
import {
  createHttpServer,
  type HttpServer,
  type HttpServerOptions,
} from "../../../shared/node/http-server/http-server.ts";

/** A server on a free loopback port that echoes method, path and body length; closed when the test ends. */
export async function startHttpServer(
  options: Partial<HttpServerOptions> = {},
): Promise<{ server: HttpServer; port: number }> {
  const server = createHttpServer({
    handle: async (request) => text(200, `${request.method} ${request.path} ${request.body.length}`),
    maxBodyBytes: 1000,
    ...options,
  });
  onTestFinished(() => server.close(0));
  return { server, ...(await server.listen(0, "127.0.0.1")) };
}

/** A plain-text answer. */
export function text(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { "content-type": "text/plain", ...headers }, body: Buffer.from(body) };
}

/** A promise to be resolved from outside. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
