import { gzipSync } from "node:zlib";
import { decodeResponse } from "../../../shared/otlp/response.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import type { GrpcReceive } from "../../../shared/receivers/otlp-grpc/receive.ts";
import type { Receive } from "../../../shared/receivers/otlp-http/receive.ts";
import { requestOf } from "../otlp/item-names.ts";
import { namesOf } from "./destination.ts";
import type { SimDice } from "./dice.ts";
import type { Records, SimRecord } from "./records.ts";
import type { ClientPlan } from "./scenario.ts";
import type { Story } from "./story.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** One request of a client, and how it went. */
export interface SimRequest {
  readonly client: number;
  readonly plan: ClientPlan;
  readonly isBig: boolean;
  readonly records: readonly SimRecord[];
  readonly sentAt: number;
  /** Answers that asked to come back later. */
  postponed: number;
  lost: number;
  ackedAt: number | undefined;
  /** Items that the answer said were rejected. */
  rejected: number;
  /** Answered for good with something that is not success. */
  refused: string | undefined;
  left: boolean;
}

/** What a client reaches: a process that may be gone by the time it answers. */
export interface Reachable {
  http(destination: string): Receive | undefined;
  grpc(destination: string): GrpcReceive | undefined;
  /** Resolves when this process is gone. */
  readonly gone: Promise<void>;
}

export interface ClientsOptions {
  readonly time: VirtualTime;
  readonly dice: SimDice;
  readonly records: Records;
  readonly story: Story;
  /** The process that answers now. */
  readonly reach: () => Reachable | undefined;
  /** Clients give up on what is not taken by then. */
  readonly patientUntilMs: number;
  readonly bigShare: number;
  /** Every answer, and how long it took. */
  readonly answers: SimAnswer[];
}

/** An answer, or its absence, as a client saw it. */
export interface SimAnswer {
  readonly at: number;
  readonly tookMs: number;
  readonly isAccepted: boolean;
  /** Nothing in it but good records. */
  readonly isGood: boolean;
}

type Answer =
  | { readonly kind: "accepted"; readonly rejected: number }
  | { readonly kind: "later"; readonly retryAfterMs: number }
  | { readonly kind: "refused"; readonly status: string };

/** A request that begins late has as much time as the others. */
const patienceMs = 600_000;
const wireTime = 1_790_000_000_000_000_000n;

/** Runs a client to its end, request after request, as an SDK's exporter does; into `requests`. */
export async function runClient(
  id: number,
  plan: ClientPlan,
  { requests, ...options }: ClientsOptions & { readonly requests: SimRequest[] },
): Promise<void> {
  const { time, dice, records, story, reach, patientUntilMs, bigShare, answers } = options;
  const pause = (ms: number) => new Promise<void>((resolve) => void time.after(ms, resolve));
  const leaving = new AbortController();
  if (plan.leavesAtMs !== undefined) time.after(plan.leavesAtMs, () => leaving.abort("left"));
  await pause(dice.random() * Math.max(20, plan.gapMs));
  for (let at = 0; at < plan.requests && !leaving.signal.aborted; at++) {
    const request = make();
    requests.push(request);
    await deliver(request, encode(request));
    await pause(plan.gapMs * (0.5 + dice.random()));
  }

  function make(): SimRequest {
    const isBig = bigShare > 0 && dice.chance(bigShare);
    const count = isBig ? 1 : dice.between(1, plan.maxItems);
    const made = Array.from({ length: count }, () => {
      const { poison, signal, destination } = plan;
      const nature = poison && !isBig && dice.chance(poison.share) ? dice.pick(poison.natures) : "good";
      return records.add({ nature, signal, destination, client: id });
    });
    const fate = { postponed: 0, lost: 0, ackedAt: undefined, rejected: 0, refused: undefined, left: false };
    return { client: id, plan, isBig, records: made, sentAt: time.elapsed(), ...fate };
  }

  function encode({ records: held, isBig }: SimRequest): Uint8Array {
    // What compresses badly stands in each name, so that a request is as large as it looks.
    const text = (length: number) => Array.from({ length }, () => dice.below(36).toString(36)).join("");
    const names = held.map(({ name }) => (isBig || plan.padding > 1000 ? name + text(isBig ? 16_000 : 1200) : name));
    const padding = text(plan.padding > 1000 ? 0 : plan.padding);
    return requestOf(plan.signal, { names, padding, timeUnixNano: wireTime });
  }

  async function deliver(request: SimRequest, bytes: Uint8Array): Promise<void> {
    const ids = request.records.map(({ id: record }) => record);
    const names = `client ${id} (${plan.signal}, ${namesOf(request.records)})`;
    const isGood = request.records.every(({ nature }) => nature === "good");
    while (!leaving.signal.aborted) {
      const process = reach();
      const began = time.elapsed();
      const answer = process && (await Promise.race([send(process, bytes), process.gone, left(leaving.signal)]));
      if (leaving.signal.aborted) break;
      if (answer) {
        const at = time.elapsed();
        answers.push({ at, tookMs: at - began, isAccepted: answer.kind === "accepted", isGood });
      }
      if (!answer) {
        request.lost++;
        story.tell(`${names}: connection lost`, ids);
        await pause(1000 * (0.5 + dice.random()));
      } else if (answer.kind === "accepted") {
        request.ackedAt = time.elapsed();
        request.rejected = answer.rejected;
        for (const record of request.records) record.ackedAt = time.elapsed();
        story.tell(`${names}: accepted${answer.rejected > 0 ? `, ${answer.rejected} rejected` : ""}`, ids);
        return;
      } else if (answer.kind === "refused") {
        request.refused = answer.status;
        story.tell(`${names}: refused, ${answer.status}`, ids);
        return;
      } else {
        request.postponed++;
        story.tell(`${names}: again in ${answer.retryAfterMs} ms`, ids);
        await pause(answer.retryAfterMs * (1 + dice.random() / 5));
      }
      if (time.elapsed() > Math.max(patientUntilMs, request.sentAt + patienceMs)) return;
    }
    request.left = true;
    story.tell(`${names}: leaves`, ids);
  }

  async function send(process: Reachable, bytes: Uint8Array): Promise<Answer | undefined> {
    const abort = plan.leavesAtMs === undefined ? {} : { abort: leaving.signal };
    if (plan.transport === "http") {
      const receive = process.http(plan.destination);
      if (!receive) return undefined;
      const headers = { "content-type": "application/x-protobuf", ...(plan.gzip && { "content-encoding": "gzip" }) };
      const body = plan.gzip ? gzipSync(bytes) : bytes;
      const answer = await receive({ method: "POST", path: signals[plan.signal].path, headers, body }, abort);
      if (answer.status === 200) return { kind: "accepted", rejected: rejectedIn(answer.body) };
      const seconds = Number(answer.headers["retry-after"]);
      if (answer.status !== 503 || !(seconds > 0)) return { kind: "refused", status: `HTTP ${answer.status}` };
      return { kind: "later", retryAfterMs: seconds * 1000 };
    }
    const receive = process.grpc(plan.destination);
    if (!receive) return undefined;
    const headers = { "content-type": "application/grpc", ...(plan.gzip && { "grpc-encoding": "gzip" }) };
    const call = receive.open({ method: "POST", path: signals[plan.signal].grpcPath, headers });
    if (call.kind === "refused") return { kind: "refused", status: `gRPC ${call.status.code}` };
    const message = { compressed: plan.gzip, bytes: plan.gzip ? gzipSync(bytes) : bytes };
    const { status, message: body } = await receive.take(call, message, abort);
    if (status.code === 0) return { kind: "accepted", rejected: rejectedIn(body ?? new Uint8Array(0)) };
    if (status.code !== 14 || status.retryAfterMs === undefined)
      return { kind: "refused", status: `gRPC ${status.code}` };
    return { kind: "later", retryAfterMs: status.retryAfterMs };
  }

  function rejectedIn(body: Uint8Array): number {
    const response = decodeResponse(body, signals[plan.signal], "protobuf");
    if (response === "unreadable") throw new Error("an answer that cannot be read");
    return response?.rejected ?? 0;
  }
}

function left(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
