import { constants, type ServerHttp2Session } from "node:http2";

/**
 * Frames that cost a client nothing and carry nothing. gRPC clients answer data with a PING of their own to measure the
 * path, so the limits are far above what those send; nghttp2 itself bounds rapid resets and answers that are not read.
 */
const limits = { windowMs: 10_000, pings: 10_000, settings: 100 };
const prefaceTimeoutMs = 10_000;

/** Ends a session that floods, with GOAWAY ENHANCE_YOUR_CALM, and one that never finishes its preface. */
export function guardSession(session: ServerHttp2Session): void {
  session.on("error", () => {});
  forgiveStreamFaults(session);
  let windowEnd = 0;
  let pings = 0;
  let settings = 0;
  const preface = setTimeout(() => session.destroy(), prefaceTimeoutMs);
  session.once("close", () => clearTimeout(preface));
  session.on("remoteSettings", () => {
    clearTimeout(preface);
    count();
    if (++settings > limits.settings) calm();
  });
  session.on("ping", () => {
    count();
    if (++pings > limits.pings) calm();
  });

  function count(): void {
    const now = performance.now();
    if (now < windowEnd) return;
    windowEnd = now + limits.windowMs;
    pings = 0;
    settings = 0;
  }

  function calm(): void {
    if (session.destroyed) return;
    session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from("too_many_pings"));
    session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }
}

/** NGHTTP2_ERR_PROTO. For a fault of one stream, nghttp2 has reset that stream already; for one of the connection, it has sent GOAWAY. */
const protocolError = -505;
const maxForgiven = 100;
const pingTimeoutMs = 5000;

/**
 * Node destroys the session for every protocol error, such as a body longer than its content-length, and with it the calls
 * of everybody behind the same proxy. RFC 9113 8.1.1 makes that a fault of the stream. A connection that nghttp2 itself has
 * given up reads nothing any more, no answer to a PING either: it is destroyed after a while.
 */
function forgiveStreamFaults(session: ServerHttp2Session): void {
  const destroy = session.destroy.bind(session);
  let forgiven = 0;
  session.destroy = (error?: Error, code?: number) => {
    if ((error as NodeJS.ErrnoException | undefined)?.errno !== protocolError || ++forgiven > maxForgiven) {
      destroy(error, code);
      return;
    }
    const unanswered = setTimeout(() => destroy(error, code), pingTimeoutMs);
    session.once("close", () => clearTimeout(unanswered));
    if (!session.destroyed) session.ping(() => clearTimeout(unanswered));
  };
}
