import type { Clock, Random } from "../clock.ts";
import { parseRetryAfter } from "../delivery/retry-after.ts";
import type { Transport, TransportAnswer } from "../delivery/transport.ts";
import { asObject } from "../json-document.ts";
import { AwsError, type CallOptions, noAnswer } from "./aws-call.ts";
import { type AwsCredentials, signRequest } from "./sigv4.ts";

/** As whom and where calls are made. */
export interface AwsIdentity {
  /** Throws where none is set. */
  region(): string;
  /** Read for each attempt. Throws where there are none. */
  credentials(): AwsCredentials;
  /** Further headers of each call, lower-case names. */
  headers?(): Readonly<Record<string, string>>;
}

export interface AwsJsonOptions {
  readonly identity: AwsIdentity;
  /** As signatures name it. */
  readonly service: string;
  /** What stands before the operation in `x-amz-target`. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Attempts of one call, the first one included; default 3. */
  readonly maxAttempts?: number;
  /** The longest first pause after a call that was throttled, milliseconds; default 1 s. */
  readonly throttledPauseMs?: number;
}

export interface AwsRequest extends CallOptions {
  readonly operation: string;
  readonly url: string;
  readonly input: object;
  /** Most time of one attempt, milliseconds. */
  readonly timeoutMs: number;
}

/** Makes one call. Rejects with an `AwsError` when AWS refuses it, or when there is no answer after all attempts. */
export type AwsJsonCall = (request: AwsRequest) => Promise<object>;

// The pauses of the SDK's standard mode: the first ones, and most of all.
const pauseMs = 50;
const pauseOfThrottledMs = 1_000;
const maxPauseMs = 20_000;
/** What AWS may add to a pause (Retry-After). */
const maxAddedMs = 5_000;

/**
 * A client of AWS's JSON protocols (Smithy, "AWS JSON 1.0 protocol", "AWS JSON 1.1 protocol"): signed POSTs, and passing
 * failures once more, each attempt with a signature of its own. It stands where the SDK's import would take longer than the
 * work (decision 0210).
 */
export function createAwsJson(options: AwsJsonOptions): AwsJsonCall {
  const { identity, service, target, version, transport, clock, random, maxAttempts = 3 } = options;
  const { throttledPauseMs = pauseOfThrottledMs } = options;

  return async function call({ operation, url, input, timeoutMs, abortSignal }) {
    const body = Buffer.from(JSON.stringify(input));
    const headers = { "content-type": `application/x-amz-json-${version}`, "x-amz-target": `${target}.${operation}` };
    for (let attempt = 1; ; attempt++) {
      const unsigned = { url, headers: { ...headers, ...identity.headers?.() }, body };
      const as = { region: identity.region(), service, credentials: identity.credentials() };
      const request = signRequest(unsigned, { ...as, now: clock.now() });
      const answer = await transport.post(request, { timeoutMs, ...(abortSignal && { abort: abortSignal }) });
      if (answer.kind === "answered" && answer.status < 300) return parsed(answer.body);
      const error = errorOf(answer);
      const baseMs = isThrottled(error) ? throttledPauseMs : isPassing(answer, error) ? pauseMs : undefined;
      if (baseMs === undefined || attempt >= maxAttempts || abortSignal?.aborted) throw error;
      const ownMs = random() * Math.min(maxPauseMs, baseMs * 2 ** (attempt - 1));
      const asked = answer.kind === "answered" ? answer.headers["retry-after"] : undefined;
      const askedMs = Math.min(parseRetryAfter(asked, clock.now()) ?? 0, ownMs + maxAddedMs);
      await clock.sleep(Math.max(ownMs, askedMs), abortSignal);
      if (abortSignal?.aborted) throw error;
    }
  };
}

function parsed(body: Uint8Array): object {
  const value = jsonOf(body);
  if (value) return value;
  throw new AwsError("UnreadableAnswer", `AWS answered with ${body.byteLength} bytes that are not a JSON object`);
}

function jsonOf(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()));
  } catch {
    return undefined;
  }
}

/** The code stands in `__type`, after a namespace, or in a header, before an address. */
function errorOf(answer: TransportAnswer): AwsError {
  if (answer.kind === "failed") {
    const [, code] = /^(E[A-Z_]+): /.exec(answer.reason) ?? [];
    return Object.assign(new AwsError(noAnswer, answer.reason), code !== undefined && { code });
  }
  const { status, headers, body } = answer;
  const said = jsonOf(body) ?? {};
  const type = said.__type ?? headers["x-amzn-errortype"];
  const code = typeof type === "string" ? type.replace(/^[^#]*#/, "").replace(/[,:].*$/s, "") : `HTTP ${status}`;
  const message = said.message ?? said.Message;
  return new AwsError(code, typeof message === "string" ? message : code, status);
}

const throttled = /Throttl|^TooManyRequests|^RequestLimitExceeded$|^SlowDown$|^LimitExceededException$/;

function isThrottled({ name, $metadata }: AwsError): boolean {
  return $metadata.httpStatusCode === 429 || throttled.test(name);
}

/** Whether the same call may succeed when it is made again. */
function isPassing(answer: TransportAnswer, { name, message }: AwsError): boolean {
  if (answer.kind === "failed") return !answer.permanent;
  // A function that was frozen between signing and sending.
  if (name === "InvalidSignatureException" && message.includes("Signature expired")) return true;
  return [500, 502, 503, 504].includes(answer.status) || name.startsWith("RequestTimeout");
}
