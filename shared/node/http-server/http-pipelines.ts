import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { HttpFault } from "../../http/fault.ts";
import type { HttpAnswer } from "../../http/message.ts";
import type { IdleConnections } from "../idle-connections.ts";
import { afterTurn } from "../loop-turn.ts";
import { type Exchange, type ExchangeOptions, serveExchange } from "./http-exchange.ts";
import { faultOf } from "./http-fault.ts";
import { fieldsOf } from "./http-head.ts";

export interface PipelinesOptions {
  readonly connections: IdleConnections<Socket>;
  readonly exchangeOptions: ExchangeOptions;
  readonly answerFault: (fault: HttpFault) => HttpAnswer;
}

/** The requests of every connection of a server. */
export interface Pipelines {
  /** Begins with a connection; over TLS when the handshake is done. */
  add(socket: Socket): void;
  /** Pipelined requests wait for the one before: one connection holds at most one body in memory. */
  enqueue(exchange: Exchange): void;
  /** Answers what is not HTTP, or came too slowly, where that cannot be mistaken for the answer to another request; then closes the connection. */
  refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void;
  /** The same for what the caller knows to be wrong. */
  refuse(fault: HttpFault, socket: Socket): void;
  load(): { readonly connections: number; readonly requests: number };
}

/** `last` settles when every request so far is answered; `current` is the one being served, `begun` counts them all. */
interface Pipeline {
  pending: number;
  begun: number;
  last: Promise<void>;
  current: Exchange | undefined;
}

const maxPipelined = 16;
const noPipeline: Pipeline = { pending: 0, begun: 0, current: undefined, last: Promise.resolve() };

/** Serves the requests of a connection one after the other. */
export function createPipelines({ connections, exchangeOptions, answerFault }: PipelinesOptions): Pipelines {
  const pipelines = new Map<Socket, Pipeline>();

  return {
    add(socket) {
      pipelines.set(socket, { pending: 0, begun: 0, last: Promise.resolve(), current: undefined });
      socket.once("close", () => pipelines.delete(socket));
    },
    enqueue,
    refuseBroken,
    refuse: answerBroken,
    load() {
      let requests = 0;
      for (const { pending } of pipelines.values()) requests += pending;
      return { connections: pipelines.size, requests };
    },
  };

  function enqueue(exchange: Exchange): void {
    const { request, response } = exchange;
    const pipeline = pipelines.get(request.socket);
    if (!pipeline || pipeline.pending >= maxPipelined) {
      request.socket.destroy();
      return;
    }
    const raw = rawSocketOf(request.socket);
    connections.begin(raw);
    pipeline.begun++;
    const abort = new AbortController();
    if (pipeline.pending++ === 0) pipeline.current = exchange;
    response.once("close", () => {
      pipeline.pending--;
      connections.end(raw);
      if (!response.writableFinished) abort.abort(new Error("the client went away"));
    });
    pipeline.last = pipeline.last
      .then(() => {
        pipeline.current = exchange;
        return serveExchange(exchange, abort.signal, exchangeOptions);
      })
      .catch(() => void request.socket.destroy());
  }

  function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
    if (!socket.writable || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const fault = faultOf(error);
    if (fault.kind !== "slow") {
      answerBroken(fault, socket);
      return;
    }
    const begun = pipelines.get(socket)?.begun;
    // A head that came while the loop was busy is read before its client is called slow.
    afterTurn(() => {
      if (pipelines.get(socket)?.begun === begun && socket.writable) answerBroken(fault, socket);
    });
  }

  function answerBroken(fault: HttpFault, socket: Socket): void {
    const { pending, current, last } = pipelines.get(socket) ?? noPipeline;
    // An answer already due belongs to another request: a 400 in its place would lie about that one.
    const inBody = pending === 1 && current?.request.complete === false && !current.response.headersSent;
    if (pending > 0 && !inBody) {
      // What was whole before the broken bytes is answered, or its sender would send it a second time.
      void last.finally(() => socket.destroySoon());
      return;
    }
    const answer = answerFault(fault);
    const fields = Object.entries(fieldsOf(answer, true)).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(
      Buffer.concat([
        Buffer.from(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}\r\n${fields.join("")}\r\n`),
        answer.body,
      ]),
    );
    setTimeout(() => socket.destroy(), 1000).unref();
  }
}

/** The socket below TLS, which is the one that the system knows. */
function rawSocketOf(socket: Socket & { readonly _parent?: Socket }): Socket {
  return socket._parent ?? socket;
}
