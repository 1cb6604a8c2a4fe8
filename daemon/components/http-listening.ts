import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import {
  createHttpServer,
  type HttpServer,
  type HttpServerOptions,
} from "../../shared/node/http-server/http-server.ts";
import { untilAborted } from "./until-aborted.ts";

/** The arguments of a listener, as `blocks/http-listener.ts` decodes them. */
export interface ListenerArguments {
  readonly http: {
    readonly listen_address: string;
    readonly listen_port: number;
    readonly conn_limit: number;
    readonly server_read_timeout: number;
    readonly server_idle_timeout: number;
    readonly max_body_size: number;
  };
  readonly graceful_shutdown_timeout: number;
}

/** The listening part of a component that answers HTTP. */
export interface HttpListening {
  /** Listens until `abort`, and then until requests are answered. */
  run(abort: AbortSignal): Promise<void>;
  /** Goes on with other arguments: where those of the listener differ, it closes and listens again. */
  update(next: ListenerArguments): Promise<void>;
  /** 0 before it listens. */
  port(): number;
  /** How many connections are open. */
  connections(): number;
}

/** The answer to what the server refuses by itself; absent: plain text. */
export type AnswerFault = NonNullable<HttpServerOptions["answerFault"]>;

const maxBytesHeld = 128 * 1_048_576;

/** Listens as a component's arguments say; bodies of requests in flight hold at most 128 MiB. */
export function createHttpListening(
  given: ListenerArguments,
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
  answerFault?: AnswerFault,
): HttpListening {
  let current = given;
  let server: HttpServer | undefined;
  let port = 0;

  async function listen(): Promise<void> {
    const started = serverOf(current, handle, answerFault);
    ({ port } = await started.listen(current.http.listen_port, current.http.listen_address || "0.0.0.0"));
    server = started;
  }

  return {
    async run(abort) {
      await listen();
      await untilAborted(abort);
      await server?.close(current.graceful_shutdown_timeout);
    },
    async update(next) {
      const isSame = JSON.stringify(next.http) === JSON.stringify(current.http);
      current = next;
      if (isSame || server === undefined) return;
      await server.close(next.graceful_shutdown_timeout);
      await listen();
    },
    port: () => port,
    connections: () => server?.load().connections ?? 0,
  };
}

function serverOf(
  { http }: Pick<ListenerArguments, "http">,
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
  answerFault: AnswerFault | undefined,
): HttpServer {
  let heldBytes = 0;
  return createHttpServer({
    handle,
    ...(answerFault && { answerFault }),
    maxBodyBytes: http.max_body_size,
    bodyTimeoutMs: http.server_read_timeout,
    keepAliveTimeoutMs: http.server_idle_timeout,
    ...(http.conn_limit > 0 && { maxConnections: http.conn_limit }),
    keep(bytes) {
      if (heldBytes + bytes > maxBytesHeld) return false;
      heldBytes += bytes;
      return true;
    },
    release(bytes) {
      heldBytes -= bytes;
    },
  });
}
