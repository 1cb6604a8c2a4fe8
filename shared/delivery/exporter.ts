import type { FormatName } from "../batch/formats.ts";
import type { Compression } from "../compression/compress.ts";
import type { ExportRequest, TransportAnswer } from "./transport.ts";
import type { Verdict } from "./verdict.ts";

/** What is sent: one message of one format, in an encoding that the exporter takes. */
export interface Payload {
  readonly format: FormatName;
  readonly tenant?: string;
  readonly encoding: Compression;
  readonly body: Uint8Array;
}

/** When and for what an answer came. */
export interface AnswerContext {
  readonly format: FormatName;
  /** Milliseconds since the epoch, for dates in the answer. */
  readonly now: number;
  /** The payload's body as `request` got it; absent where nothing was sent. */
  readonly body?: Uint8Array;
}

/**
 * A protocol that destinations speak, as pure functions: what is sent, and what an answer means. Retries, credentials,
 * narrowing down and dead letters are the same for all of them; order is the format's. One folder each in `exporters/`.
 */
export interface Exporter {
  /** Its name, such as `otlp-http`. */
  readonly protocol: string;
  readonly formats: readonly FormatName[];
  /** Encodings of a body that it sends. The first one is made; a batch stored in another one of them travels as it is. */
  readonly encodings: readonly [Compression, ...Compression[]];
  /** The request for a payload: URL, headers and body. Credentials, user agent, TLS and proxy are the destination's. */
  request(payload: Payload, endpoint: string): ExportRequest;
  /** The only judge of an answer. */
  classify(answer: TransportAnswer, context: AnswerContext): Verdict;
  /** What is sent where a receiver does not know this protocol's message, and the answers that may mean that. */
  readonly fallback?: { readonly to: Exporter; readonly isDue: (answer: TransportAnswer) => boolean };
  /** A payload that holds nothing: delivered or refused, it shows that address, TLS and credentials are right. */
  probe(format: FormatName): Payload;
}
