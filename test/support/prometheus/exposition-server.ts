import { createServer, type IncomingMessage } from "node:http";

/** A target whose exposition the test decides. */
export interface ExpositionServer {
  /** `host:port`. */
  readonly address: string;
  /** What it answers, or what it makes for each request. */
  body: string | Uint8Array | (() => string);
  contentType: string;
  status: number;
  /** Headers of the last request. */
  readonly seen: IncomingMessage["headers"][];
  close(): Promise<void>;
}

/** Starts a target. */
export async function startExposition(body: string): Promise<ExpositionServer> {
  const state: Pick<ExpositionServer, "body" | "contentType" | "status"> = {
    body,
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    status: 200,
  };
  const seen: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(state.status, { "content-type": state.contentType });
    response.end(typeof state.body === "function" ? state.body() : state.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return Object.assign(state, {
    address: `127.0.0.1:${port}`,
    seen,
    close() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
