import type { Batch } from "../batch/batch.ts";
import type { Clock } from "../clock.ts";
import type { Signal } from "../otlp/signals.ts";
import { classify, type Verdict } from "./classify.ts";
import { type Destination, type Destinations, exportHeaders, exportUrl } from "./destination.ts";
import type { Transport } from "./transport.ts";

export interface ExporterOptions {
  readonly destinations: Destinations;
  readonly transport: Transport;
  readonly clock: Pick<Clock, "now">;
  readonly userAgent: string;
}

/** One request to a destination. */
export interface Export {
  readonly destination: string;
  readonly signal: Signal;
  readonly encoding: Batch["encoding"];
  /** The export request in `encoding`. */
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  readonly abort?: AbortSignal;
}

/** Credentials that one export tries: current, previous, and what an early reload of the configuration brings. */
const maxCandidates = 3;

/**
 * Sends one export and judges the answer. Where credentials are refused it tries the ones that worked before and those of
 * a configuration read afresh, so that a rotation loses and delays nothing.
 */
export function createExporter(options: ExporterOptions): (given: Export) => Promise<Verdict> {
  const { destinations, transport, clock, userAgent } = options;

  async function send(given: Export): Promise<Verdict> {
    const tried: Destination[] = [];
    let reloaded = false;
    let verdict: Verdict | undefined;
    while (tried.length < maxCandidates) {
      const next = destinations.candidates(given.destination).find((candidate) => !tried.some(sameAs(candidate)));
      if (next) {
        tried.push(next);
        const answered = await post(next, given);
        verdict ??= answered;
        if (!areCredentialsRefused(answered)) return answered;
      } else {
        if (reloaded || !verdict) break;
        reloaded = true;
        await destinations.refused(given.destination);
      }
    }
    const message = `no destination named ${given.destination} is configured`;
    return verdict ?? { kind: "misconfigured", status: 0, message };
  }

  async function post(destination: Destination, given: Export): Promise<Verdict> {
    const { signal, encoding, body, timeoutMs, abort } = given;
    const request = {
      url: exportUrl(destination.endpoint, signal),
      headers: exportHeaders(destination, encoding, userAgent),
      body,
    };
    const answer = await transport.post(request, { timeoutMs, ...(abort && { abort }) });
    return classify(answer, signal, clock.now());
  }

  return send;
}

function areCredentialsRefused(verdict: Verdict): boolean {
  return verdict.kind === "misconfigured" && (verdict.status === 401 || verdict.status === 403);
}

function sameAs(one: Destination): (other: Destination) => boolean {
  return (other) =>
    one.endpoint === other.endpoint &&
    one.instanceId === other.instanceId &&
    one.apiKey.reveal() === other.apiKey.reveal();
}
