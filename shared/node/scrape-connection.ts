import { connect, isIP, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecurely } from "node:tls";
import type { ResponseHead } from "../http/response-head.ts";
import { type ReadState, ResponseReader } from "../http/response-reader.ts";

/** Where a request goes. */
export interface Origin {
  readonly isSecure: boolean;
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface ConnectOptions {
  readonly tls: ConnectionOptions | undefined;
  /** Told when the connection has ended while nobody asked for anything. */
  readonly onIdleEnd: (connection: ScrapeConnection) => void;
}

/** A connection failed before a byte of the answer came: another one may be tried. */
export class NoAnswer extends Error {}

/** Thrown where an answer is larger than allowed. */
export class AnswerTooLarge extends Error {}

/** What is made of an answer at once: its body lasts until the next read. */
type Finish<T> = (head: ResponseHead, body: Buffer) => T;

interface Exchange {
  readonly reader: ResponseReader;
  /** May throw: the answer is not what it says. */
  readonly finish: (head: ResponseHead, body: Buffer) => void;
  readonly reject: (error: Error) => void;
  isAnswered: boolean;
}

const READ_BYTES = 65_536;
const KEEP_ALIVE_MS = 15_000;
/** One for all: what it holds is looked at before the next read, and copied where it must stay. */
const nothing = Buffer.alloc(0);
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * A connection of HTTP/1.1 that asks one thing after another. It reads into one buffer that all share, without a stream: with some scrapes
 * a second the client of `node:http` was a quarter of the work (bench/scraping).
 */
export class ScrapeConnection {
  /** Whether it has served a request. */
  isReused = false;
  /** When it became idle, milliseconds as `performance.now`. */
  idleSince = 0;
  private readonly socket: Socket;
  private readonly onIdleEnd: ConnectOptions["onIdleEnd"];
  private exchange: Exchange | undefined;

  constructor({ isSecure, host, port }: Origin, { tls, onIdleEnd }: ConnectOptions) {
    this.onIdleEnd = onIdleEnd;
    const onread: OnReadOpts = { buffer: readBuffer, callback: (bytes) => this.onRead(bytes) };
    const how = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, onread };
    this.socket = isSecure
      ? connectSecurely({ ...(isIP(host) === 0 && { servername: host }), ALPNProtocols: ["http/1.1"], ...tls, ...how })
      : connect(how);
    this.socket.on("error", (error) => this.fail(error));
    this.socket.on("end", () => this.onEnd());
    this.socket.on("close", () => this.fail(new Error("unexpected EOF")));
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && !this.socket.readableEnded;
  }

  /** Sends a head and answers with what `finish` makes of the answer. Rejects with `NoAnswer`, `AnswerTooLarge` or another error. */
  ask<T>(head: string, maxBodyBytes: number, finish: Finish<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.exchange = {
        reader: new ResponseReader(maxBodyBytes),
        finish: (answered, body) => resolve(finish(answered, body)),
        reject,
        isAnswered: false,
      };
      this.socket.write(head, "latin1");
    });
  }

  destroy(error?: Error): void {
    this.socket.destroy();
    if (error) {
      this.fail(error);
    }
  }

  private onRead(bytes: number): boolean {
    const { exchange } = this;
    if (!exchange) {
      this.destroy();
      return false;
    }
    exchange.isAnswered = true;
    this.go(exchange, exchange.reader.read(readBuffer.subarray(0, bytes)));
    return true;
  }

  private go({ reader, finish, reject }: Exchange, state: ReadState): void {
    const { head } = reader;
    switch (state.kind) {
      case "more":
        if (head && head.status !== 200) {
          // Nobody looks at its body.
          this.exchange = undefined;
          this.destroy();
          finish(head, nothing);
        }
        return;
      case "whole":
        this.exchange = undefined;
        this.isReused = true;
        if (state.rest > 0 || head?.keepsAlive !== true) {
          this.destroy();
        }
        try {
          finish(head as ResponseHead, reader.body);
        } catch (error) {
          reject(error as Error);
        }
        return;
      case "too-large":
        this.destroy(new AnswerTooLarge());
        return;
      case "malformed":
        this.destroy(new Error(state.reason));
        return;
    }
  }

  private onEnd(): void {
    const { exchange } = this;
    if (exchange?.isAnswered) {
      this.go(exchange, exchange.reader.end());
    }
    this.destroy(exchange && new Error("unexpected EOF"));
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
