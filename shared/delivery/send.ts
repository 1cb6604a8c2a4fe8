import { type Clock, monotonic } from "../clock.ts";
import { type Authorize, authorizeAtHand } from "./auth.ts";
import { createConcealer } from "./conceal-credentials.ts";
import { type Destination, type Destinations, isSameDestination } from "./destination.ts";
import type { Payload } from "./exporter.ts";
import { createNegotiate, type Judged } from "./negotiate.ts";
import type { ExportRequest, Transport, TransportAnswer } from "./transport.ts";
import type { Verdict } from "./verdict.ts";

export interface SendOptions {
  readonly destinations: Destinations;
  readonly transport: Transport;
  /** Default: credentials that are at hand. */
  readonly authorize?: Authorize;
  readonly clock: Clock;
  readonly userAgent: string;
}

/** One request to a destination. */
export interface Export extends Payload {
  /** Its name. */
  readonly destination: string;
  /** For everything that this export tries, all credentials together. */
  readonly timeoutMs: number;
  readonly abort?: AbortSignal;
}

/** Sends one export and says what the answer means. Never rejects. */
export type Send = (given: Export) => Promise<Verdict>;

/** Credentials that one export tries: current, previous, and what an early reload of the configuration brings. */
const maxCandidates = 3;

/**
 * Sends with the exporter and the credentials of the destination. Where they are refused it tries the ones that worked before
 * and those of a configuration read afresh, so that a rotation loses and delays nothing.
 */
export function createSend(options: SendOptions): Send {
  const { destinations, transport, authorize = authorizeAtHand, clock, userAgent } = options;
  const negotiate = createNegotiate();

  async function send(given: Export): Promise<Verdict> {
    const endsAt = monotonic(clock) + given.timeoutMs;
    const left = () => endsAt - monotonic(clock);
    const tried: Destination[] = [];
    let reloaded = false;
    let verdict: Verdict | undefined;
    while (tried.length < maxCandidates) {
      const isNew = (candidate: Destination) => !tried.some((other) => isSameDestination(candidate, other));
      const next = destinations.candidates(given.destination).find(isNew);
      if (next) {
        tried.push(next);
        const answered = await sendTo(next, { ...given, timeoutMs: Math.max(1, left()) });
        verdict ??= answered;
        if (!areCredentialsRefused(answered)) return answered;
      } else {
        if (reloaded || !verdict) break;
        reloaded = true;
        await within(left(), destinations.refused(given.destination));
      }
      if (left() <= 0) break;
    }
    return verdict ?? misconfigured(`no destination named ${given.destination} is configured`);
  }

  /** Settings that are slow to come are there for the next export. */
  async function within(ms: number, work: Promise<void>): Promise<void> {
    const over = new AbortController();
    await Promise.race([work, clock.sleep(Math.max(0, ms), over.signal)]);
    over.abort("no longer waited for");
  }

  async function sendTo(destination: Destination, given: Export): Promise<Verdict> {
    const { exporter } = destination;
    const { format } = given;
    if (!exporter.formats.includes(format)) {
      return misconfigured(
        `${destination.name} is a destination for ${exporter.formats.join(", ")}, not for ${format}`,
      );
    }
    const endsAt = monotonic(clock) + given.timeoutMs;
    return negotiate(destination, (as) => sendAs({ ...destination, exporter: as }, given, endsAt));
  }

  async function sendAs(destination: Destination, given: Export, endsAt: number): Promise<Judged> {
    const { exporter } = destination;
    const { format, body, abort } = given;
    const timeoutMs = Math.max(1, endsAt - monotonic(clock));
    const request = exportRequest(destination, given, userAgent);
    const authorized = await authorize(request, destination.auth);
    if (authorized.kind === "failed") return { answer: authorized, verdict: classified(authorized) };
    const concealer = createConcealer(request, authorized.request);
    const answer = await transport.post(authorized.request, { timeoutMs, ...(abort && { abort }) });
    return { answer, verdict: withText(classified(concealer.answer(answer)), concealer.text) };

    function classified(came: TransportAnswer): Verdict {
      return exporter.classify(came, { format, now: clock.now(), body });
    }
  }

  return send;
}

/** The request for a payload to a destination, all but its credentials. */
export function exportRequest(destination: Destination, payload: Payload, userAgent: string): ExportRequest {
  const { endpoint, exporter, headers, tls, proxyUrl } = destination;
  const request = exporter.request(payload, endpoint);
  return {
    ...request,
    headers: { ...request.headers, "user-agent": userAgent, ...headers },
    ...(tls && { tls }),
    ...(proxyUrl !== undefined && { proxyUrl }),
  };
}

function areCredentialsRefused(verdict: Verdict): boolean {
  return verdict.kind === "misconfigured" && (verdict.status === 401 || verdict.status === 403);
}

function misconfigured(message: string): Verdict {
  return { kind: "misconfigured", status: 0, message };
}

function withText<V extends Verdict>(verdict: V, conceal: (text: string) => string): V {
  return {
    ...verdict,
    ...("message" in verdict && verdict.message !== undefined && { message: conceal(verdict.message) }),
    ...("reason" in verdict && { reason: conceal(verdict.reason) }),
  };
}
