import type { Socket } from "node:net";
import { createHeadReader, type ResponseHead } from "../../http/response-head.ts";
import { type BodyLimit, type ReadState, ResponseReader } from "../../http/response-reader.ts";

/** The connection ended before a byte of the answer came, and had served others before: a new one may be tried. */
export class NoAnswer extends Error {}

/** Thrown where an answer is larger than allowed. */
export class AnswerTooLarge extends Error {}

/** An answer while its connection hands it over. */
export interface Answered {
  readonly head: ResponseHead;
  /** Lasts until the next read. */
  readonly body: Buffer;
  /** The same for good. */
  lastingBody(): Buffer;
}

/** One request, and what is made of its answer. */
export interface Asking<T> {
  readonly head: string;
  readonly body?: Uint8Array;
  readonly limit: BodyLimit;
  /** Whether the body of an answer is waited for; default always. */
  readonly isBodyWanted?: (head: ResponseHead) => boolean;
  /** Called at once. May throw: the answer is not what it says. */
  readonly finish: (answered: Answered) => T;
}

interface Exchange {
  readonly reader: ResponseReader;
  readonly limit: BodyLimit;
  readonly isBodyWanted: Asking<unknown>["isBodyWanted"];
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
  isAnswered: boolean;
}

/** What is smaller goes with its head in one piece: copying it costs less than a second buffer. */
const maxCopiedBytes = 16_384;
const nothing = Buffer.alloc(0);

/**
 * A connection of HTTP/1.1 that asks one thing after another. It reads into one buffer that all share, without a stream, and writes
 * head and body at once: the client of `node:http` was a quarter of the work of a scrape, a sixth of the daemon's (decision 0231).
 */
export class HttpConnection {
  /** Whether it has served a request. */
  isReused = false;
  /** Until when it may be used again while it is idle, milliseconds as `performance.now`. */
  idleUntil = 0;
  /** How long the server keeps it, as far as it said, milliseconds. */
  keptMs = Number.POSITIVE_INFINITY;
  private readonly readHead = createHeadReader();
  private readonly socket: Socket;
  private readonly onIdleEnd: (connection: HttpConnection) => void;
  private exchange: Exchange | undefined;

  /** `open` begins to connect. `onIdleEnd` is told when the connection has ended while nobody asked for anything. */
  constructor(open: (onData: (chunk: Buffer) => void) => Socket, onIdleEnd: (connection: HttpConnection) => void) {
    this.onIdleEnd = onIdleEnd;
    this.socket = open((chunk) => this.onData(chunk));
    this.socket.on("error", (error) => this.fail(error));
    this.socket.on("end", () => this.onEnd());
    this.socket.on("close", () => this.fail(unexpectedEnd()));
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && !this.socket.readableEnded;
  }

  /** Answers with what `finish` makes of the answer. Rejects with `NoAnswer`, `AnswerTooLarge` or another error. */
  ask<T>({ head, body = nothing, limit, isBodyWanted, finish }: Asking<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.exchange = {
        reader: new ResponseReader(limit, this.readHead),
        limit,
        isBodyWanted,
        resolve: (answered) => resolve(finish(answered)),
        reject,
        isAnswered: false,
      };
      if (this.isOpen) {
        this.write(head, body);
      } else {
        this.fail(unexpectedEnd());
      }
    });
  }

  /** While it is idle it does not keep the process alive. */
  rest(idleUntil: number): void {
    this.idleUntil = idleUntil;
    this.socket.unref();
  }

  wake(): void {
    this.socket.ref();
  }

  destroy(error?: Error): void {
    this.socket.destroy();
    if (error) {
      this.fail(error);
    }
  }

  private write(head: string, body: Uint8Array): void {
    const { socket } = this;
    if (body.length === 0) {
      socket.write(head, "latin1");
    } else if (body.length <= maxCopiedBytes) {
      const whole = Buffer.allocUnsafe(head.length + body.length);
      whole.write(head, "latin1");
      whole.set(body, head.length);
      socket.write(whole);
    } else {
      socket.cork();
      socket.write(head, "latin1");
      socket.write(body);
      socket.uncork();
    }
  }

  private onData(chunk: Buffer): void {
    const { exchange } = this;
    if (exchange) {
      exchange.isAnswered = true;
      this.go(exchange, exchange.reader.read(chunk));
    } else {
      this.destroy();
    }
  }

  private go(exchange: Exchange, state: ReadState): void {
    const { reader, limit, isBodyWanted } = exchange;
    const { head } = reader;
    switch (state.kind) {
      case "more":
        if (head && isBodyWanted?.(head) === false) {
          this.finishLast(exchange, { head, body: nothing, lastingBody: () => nothing });
        }
        return;
      case "whole":
        // What answers before it has read the request leaves the rest of it in the connection.
        if (state.rest === 0 && head?.keepsAlive && this.socket.writableLength === 0) {
          this.finish(exchange, reader as Answered);
        } else if (this.isReused && head?.status === 408) {
          // The time that an idle connection has was over: it is not about this request (RFC 9110 15.5.9).
          this.destroy(new NoAnswer("the connection was closed for being idle"));
        } else {
          this.finishLast(exchange, reader as Answered);
        }
        return;
      case "too-large":
        if (limit.isCut) {
          this.finishLast(exchange, reader as Answered);
        } else {
          this.destroy(new AnswerTooLarge());
        }
        return;
      case "malformed":
        this.destroy(state.reason === "unexpected EOF" ? unexpectedEnd() : new Error(state.reason));
        return;
    }
  }

  /** Hands an answer over that is the last one. */
  private finishLast(exchange: Exchange, answered: Answered): void {
    this.exchange = undefined;
    this.destroy();
    this.finish(exchange, answered);
  }

  private finish({ resolve, reject }: Exchange, answered: Answered): void {
    this.exchange = undefined;
    this.isReused = true;
    this.keptMs = keptMsOf(answered.head);
    try {
      resolve(answered);
    } catch (error) {
      reject(error as Error);
    }
  }

  private onEnd(): void {
    const { exchange } = this;
    if (exchange?.isAnswered) {
      this.go(exchange, exchange.reader.end());
    }
    this.destroy(unexpectedEnd());
  }

  private fail(error: Error): void {
    const { exchange } = this;
    this.exchange = undefined;
    if (!exchange) {
      this.onIdleEnd(this);
      return;
    }
    exchange.reject(exchange.isAnswered || !this.isReused ? error : new NoAnswer(error.message, { cause: error }));
  }
}

function keptMsOf({ headers }: ResponseHead): number {
  const [, seconds] = /(?:^|[,;\s])timeout=(\d{1,6})(?:$|[,;\s])/i.exec(headers["keep-alive"] ?? "") ?? [];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1_000;
}

function unexpectedEnd(): Error {
  return Object.assign(new Error("unexpected EOF"), { code: "ECONNRESET" });
}
