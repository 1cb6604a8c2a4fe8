import { gzipSync } from "node:zlib";
import type { ExportRequest, Transport, TransportAnswer } from "../../../shared/delivery/transport.ts";
import { encodeResponse } from "../../../shared/otlp/response.ts";
import { type Signal, signals } from "../../../shared/otlp/signals.ts";
import { signalNames } from "../../../shared/signal.ts";
import type { SimDice } from "./dice.ts";
import type { Nature, Records, SimRecord } from "./records.ts";
import { type Behaviour, type LanePlan, textOf } from "./scenario.ts";
import type { Story } from "./story.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** One request as the destination saw it. */
export interface Arrival {
  readonly lane: string;
  readonly at: number;
  readonly process: string;
  readonly records: number;
  /** What it met: the lane's trouble, a record's, or nothing. */
  readonly met: "lane" | "record" | "credentials" | "nothing";
}

export interface SimDestinations {
  /** The transport of one process; once it is dead, no answer reaches it. */
  transport(process: string, isDead: () => boolean): Transport;
  readonly arrivals: Arrival[];
  /** The only key that is taken from now on. */
  setKey(key: string): void;
}

interface DestinationOptions {
  readonly time: VirtualTime;
  readonly dice: SimDice;
  readonly records: Records;
  readonly story: Story;
  readonly lanes: readonly LanePlan[];
  readonly rttMs: number;
}

interface Reply {
  readonly text: string;
  readonly met: Arrival["met"];
  readonly answer: TransportAnswer | "never";
  readonly delayMs: number;
}

const none = new Uint8Array(0);
const reset: TransportAnswer = { kind: "failed", reason: "ECONNRESET: read ECONNRESET", permanent: false };

/** Destinations that answer by the lane's phase, then by what each record is. */
export function createSimDestinations(options: DestinationOptions): SimDestinations {
  const { time, dice, records, story, lanes, rttMs } = options;
  const plans = new Map(lanes.map((lane) => [`${lane.destination}/${lane.signal}`, lane.phases]));
  const arrivals: Arrival[] = [];
  let key = "key-0";

  function judge(lane: string, signal: Signal, held: readonly SimRecord[], authorization: string): Reply {
    const now = time.elapsed();
    const phase = plans.get(lane)?.find(({ fromMs, toMs }) => fromMs <= now && now < toMs);
    const delayMs = rttMs * (0.5 + dice.random());
    let how: Behaviour = phase?.how ?? { kind: "ok" };
    if (how.kind === "flaky") how = dice.chance(how.share) ? how.how : { kind: "ok" };
    if (how.kind !== "ok" && how.kind !== "slow") return { ...troubled(how, held, delayMs), met: "lane" };
    const slowMs = how.kind === "slow" ? how.ms : 0;
    if (lane.startsWith("grafana-cloud/") && Buffer.from(authorization.slice(6), "base64").toString() !== `1:${key}`) {
      return { text: "401", met: "credentials", answer: answered(401), delayMs };
    }
    return { ...byRecords(signal, held), delayMs: delayMs + slowMs };
  }

  function troubled(how: Behaviour, held: readonly SimRecord[], delayMs: number): Omit<Reply, "met"> {
    const text = textOf(how);
    switch (how.kind) {
      case "status": {
        const headers = how.retryAfter === undefined ? {} : { "retry-after": how.retryAfter };
        return { text, answer: answered(how.status, headers), delayMs };
      }
      case "unreachable":
        return { text, answer: { kind: "failed", reason: "ECONNREFUSED", permanent: false }, delayMs: 1 };
      case "hanging":
        return { text, answer: "never", delayMs };
      case "reset":
        if (how.stored) store(held);
        return { text, answer: reset, delayMs };
      default: {
        const body = Buffer.from("<!doctype html><title>Sign in</title>");
        return {
          text,
          answer: { kind: "answered", status: 200, headers: { "content-type": "text/html" }, body },
          delayMs,
        };
      }
    }
  }

  function byRecords(signal: Signal, held: readonly SimRecord[]): Omit<Reply, "delayMs"> {
    const bad = held.find(({ nature }) => nature !== "good" && nature !== "partial");
    if (bad?.nature === "reset") {
      if (held.length === 1) bad.failedAlone++;
      return { text: `reset for r${bad.id}`, met: "record", answer: reset };
    }
    if (bad) {
      const status = Number(bad.nature);
      if (held.length === 1 && isAboutContent(bad.nature)) bad.refusedAlone++;
      else if (held.length === 1) bad.failedAlone++;
      return { text: `${status} for r${bad.id}`, met: "record", answer: answered(status) };
    }
    const left = held.filter(({ nature }) => nature === "partial");
    for (const record of left) record.leftOut++;
    store(held.filter(({ nature }) => nature === "good"));
    if (left.length === 0) return { text: "200", met: "nothing", answer: success(none, {}) };
    const body = encodeResponse(signal, "protobuf", { rejected: left.length, message: "left out" });
    const text = `200, ${left.length} left out`;
    return dice.chance(0.5)
      ? { text, met: "nothing", answer: success(body, {}) }
      : { text: `${text} (gzip)`, met: "nothing", answer: success(gzipSync(body), { "content-encoding": "gzip" }) };
  }

  function store(held: readonly SimRecord[]): void {
    for (const record of held) {
      record.stored++;
      record.storedAt ??= time.elapsed();
    }
  }

  function post(process: string, request: ExportRequest, timeoutMs: number): Reply {
    const url = new URL(request.url);
    const signal = signals[signalNames.find((name) => url.pathname.endsWith(signals[name].path)) ?? "logs"];
    const lane = `${url.hostname}/${signal.name}`;
    const held = records.read(request.body);
    const reply = judge(lane, signal, held, request.headers.authorization ?? "");
    arrivals.push({ lane, at: time.elapsed(), process, records: held.length, met: reply.met });
    const late = reply.answer === "never" || reply.delayMs > timeoutMs;
    const text = `${process} → ${lane}: ${namesOf(held)} → ${reply.text}${late ? `, no answer in ${timeoutMs} ms` : ""}`;
    story.tell(text, [lane, process, ...held.map(({ id }) => id)]);
    return reply;
  }

  return {
    transport: (process, isDead) => ({
      post: (request, { timeoutMs, abort }) =>
        new Promise((resolve) => {
          if (isDead()) return;
          const { answer, delayMs } = post(process, request, timeoutMs);
          const end = (given: TransportAnswer) => {
            cancel();
            if (!isDead()) resolve(given);
          };
          const failed = (reason: string): TransportAnswer => ({ kind: "failed", reason, permanent: false });
          const late = answer === "never" || delayMs > timeoutMs;
          const cancel = time.after(late ? timeoutMs : delayMs, () =>
            end(answer === "never" || late ? failed(`no answer within ${timeoutMs} ms`) : answer),
          );
          abort?.addEventListener("abort", () => end(failed("AbortError")), { once: true });
        }),
    }),
    arrivals,
    setKey(next) {
      key = next;
    },
  };
}

function isAboutContent(nature: Nature): boolean {
  return nature === "400" || nature === "413" || nature === "422";
}

function answered(status: number, headers: Readonly<Record<string, string>> = {}): TransportAnswer {
  return { kind: "answered", status, headers, body: none };
}

function success(body: Uint8Array, headers: Readonly<Record<string, string>>): TransportAnswer {
  return { kind: "answered", status: 200, headers: { "content-type": "application/x-protobuf", ...headers }, body };
}

/** Few names, or how many. */
export function namesOf(held: readonly SimRecord[]): string {
  const names = held.slice(0, 4).map(({ id, nature }) => (nature === "good" ? `r${id}` : `r${id}(${nature})`));
  return held.length > 4 ? `${names.join(" ")} and ${held.length - 4} more` : names.join(" ") || "nothing";
}
