import { type SignalName, signalNames } from "../../../shared/signal.ts";
import { createSimDice, type SimDice } from "./dice.ts";
import type { Nature } from "./records.ts";

/** How a lane of a destination behaves for a while. */
export type Behaviour =
  | { readonly kind: "ok" }
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string }
  /** Connections are refused, or no request is ever answered. */
  | { readonly kind: "unreachable" | "hanging" }
  /** Answers come, late. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The connection is reset before, or after the request was stored. */
  | { readonly kind: "reset"; readonly stored: boolean }
  /** 200, with a body that is not an answer of OTLP; nothing is stored. */
  | { readonly kind: "odd" }
  /** Only that share of requests meets it. */
  | { readonly kind: "flaky"; readonly share: number; readonly how: Behaviour };

/** A behaviour from `fromMs` to `toMs` of elapsed time. */
export interface Phase {
  readonly fromMs: number;
  readonly toMs: number;
  readonly how: Behaviour;
}

/** A signal of a destination. */
export interface LanePlan {
  readonly destination: string;
  readonly signal: SignalName;
  readonly phases: readonly Phase[];
}

export interface ClientPlan {
  readonly signal: SignalName;
  readonly destination: string;
  readonly transport: "http" | "grpc";
  readonly gzip: boolean;
  readonly requests: number;
  readonly gapMs: number;
  readonly maxItems: number;
  readonly padding: number;
  /** Leaves in the middle of a request, and never comes back. */
  readonly leavesAtMs: number | undefined;
  /** Natures of its records that are not good, and their share. */
  readonly poison: { readonly natures: readonly Nature[]; readonly share: number } | undefined;
}

/** A queue fails for a while: whole calls, or single entries. */
export interface QueueFault {
  readonly of: "queue" | "dead-letters";
  readonly fromMs: number;
  readonly toMs: number;
  readonly share: number;
}

/** Everything that is drawn before a run: the world of one seed. */
export interface Scenario {
  readonly seed: number;
  readonly mode: "daemon" | "function";
  readonly hasQueue: boolean;
  readonly hasDeadLetters: boolean;
  readonly lanes: readonly LanePlan[];
  readonly clients: readonly ClientPlan[];
  readonly queueFaults: readonly QueueFault[];
  readonly restarts: readonly { readonly atMs: number; readonly kind: "kill" | "stop" }[];
  /** Kills of whatever invocation of flush is under way. */
  readonly flushKills: readonly number[];
  readonly rotations: readonly { readonly atMs: number; readonly knownAtMs: number }[];
  readonly clockSteps: readonly { readonly atMs: number; readonly ms: number }[];
  readonly budgetBytes: number;
  readonly batchDelayMs: number;
  readonly batchItems: number;
  readonly flushBatch: number;
  readonly flushEnvironments: number;
  readonly rttMs: number;
  /** The largest message that the queue takes. */
  readonly queueLimitBytes: number;
  /** Share of requests that hold one record too large for the queue, not for the destination. */
  readonly bigShare: number;
  /** From here on everything works, but records that are not good. */
  readonly calmAtMs: number;
}

/** Statuses that are about the way, the server or the operator. */
const wayStatuses = [500, 502, 503, 504, 408, 421, 425, 429, 499, 509, 520, 521, 522, 523, 524, 525, 526, 527, 530];
const otherStatuses = [460, 561, 401, 403, 404, 405, 407, 301, 302];
const contentNatures: readonly Nature[] = ["400", "400", "413", "422", "partial"];
const wayNatures: readonly Nature[] = ["500", "502", "503", "403", "429", "reset"];

/** Draws the world of a seed: about a third of worlds have one fault, the others a mixture. */
export function drawScenario(seed: number): Scenario {
  const dice = createSimDice(seed);
  const calmAtMs = dice.pick([20_000, 60_000, 180_000, 600_000]);
  const mode = dice.chance(0.7) ? "daemon" : "function";
  const hasQueue = mode === "function" || dice.chance(0.65);
  const destinations = dice.chance(0.25) ? ["grafana-cloud", "other"] : ["grafana-cloud"];
  const trouble = dice.pick([0.15, 0.3, 0.5]);
  const often = (probability: number) => dice.chance(probability * trouble * 2);
  const lanes = destinations.flatMap((destination) =>
    signalNames.map((signal): LanePlan => ({ destination, signal, phases: often(0.35) ? phases(dice, calmAtMs) : [] })),
  );
  const isCrowd = dice.chance(0.1);
  const clients = Array.from({ length: isCrowd ? dice.between(30, 60) : dice.between(2, 10) }, () =>
    client(dice, { destinations, calmAtMs, often, isCrowd }),
  );
  const during = () => dice.below(calmAtMs);
  const some = <T>(probability: number, make: () => T): T[] =>
    often(probability) ? Array.from({ length: dice.between(1, 3) }, make) : [];
  const drawn: Omit<Scenario, "queueLimitBytes" | "bigShare"> = {
    seed,
    mode,
    hasQueue,
    hasDeadLetters: mode === "function" || (hasQueue && dice.chance(0.7)),
    lanes,
    clients,
    queueFaults: hasQueue ? some(0.3, () => fault(dice, calmAtMs)) : [],
    restarts: some(0.25, () => ({ atMs: during(), kind: dice.pick(["kill", "stop"] as const) })),
    flushKills: some(0.2, during),
    rotations: some(0.15, () => rotation(dice, calmAtMs)).slice(0, 1),
    clockSteps: some(0.15, () => ({ atMs: during(), ms: dice.pick([-3_600_000, -60_000, 60_000, 3_600_000]) })),
    budgetBytes: often(0.2) ? dice.between(10_000, 20_000) : 64 * 2 ** 20,
    batchDelayMs: dice.pick([0, 0, 5, 200]),
    batchItems: dice.pick([8, 100, 8192]),
    flushBatch: dice.pick([3, 10, 100]),
    flushEnvironments: dice.pick([1, 1, 2, 3]),
    rttMs: dice.pick([1, 5, 30]),
    calmAtMs,
  };
  const isNarrow = hasQueue && often(0.3);
  const queueLimitBytes = isNarrow ? dice.pick([10_240, 11_264]) : 2 ** 20;
  const bigShare = isNarrow && mode === "daemon" ? dice.pick([0, 0.3]) : 0;
  return { ...drawn, ...aimed(drawn, isNarrow), queueLimitBytes, bigShare };
}

/** Makes faults meet what they are about: a clock is set while something waits, a narrow queue has large requests. */
function aimed({ clients, clockSteps, lanes }: Pick<Scenario, "clients" | "clockSteps" | "lanes">, isNarrow: boolean) {
  const waiting = lanes.flatMap((lane) => lane.phases);
  return {
    clients: isNarrow ? clients.map((plan) => ({ ...plan, padding: 1200 })) : clients,
    ...(isNarrow && { budgetBytes: 64 * 2 ** 20 }),
    clockSteps: clockSteps.map((step, at) => {
      const phase = waiting[at % Math.max(1, waiting.length)];
      return phase ? { ...step, atMs: (phase.fromMs + phase.toMs) / 2 } : step;
    }),
  };
}

function phases(dice: SimDice, calmAtMs: number): Phase[] {
  const count = dice.pick([1, 1, 2, 3]);
  return Array.from({ length: count }, () => {
    const fromMs = dice.below(calmAtMs);
    return { fromMs, toMs: Math.min(calmAtMs, fromMs + dice.between(100, calmAtMs)), how: behaviour(dice) };
  });
}

function behaviour(dice: SimDice, depth = 0): Behaviour {
  const kind = dice.pick(["status", "status", "status", "other", "fail", "slow", "reset", "odd", "flaky"] as const);
  switch (kind) {
    case "status":
    case "other": {
      const status = dice.pick(kind === "status" ? wayStatuses : otherStatuses);
      const retryAfter = dice.chance(0.3) ? dice.pick(["1", "30", "3600", "soon", "-1"]) : undefined;
      return { kind: "status", status, ...(retryAfter !== undefined && { retryAfter }) };
    }
    case "fail":
      return { kind: dice.pick(["unreachable", "hanging"] as const) };
    case "slow":
      return { kind: "slow", ms: dice.pick([500, 3000, 9000, 20_000]) };
    case "reset":
      return { kind: "reset", stored: dice.chance(0.5) };
    case "odd":
      return { kind: "odd" };
    case "flaky":
      return depth > 0
        ? { kind: "odd" }
        : { kind: "flaky", share: dice.pick([0.1, 0.5, 0.9]), how: behaviour(dice, 1) };
  }
}

interface ClientDraw {
  readonly destinations: readonly string[];
  readonly calmAtMs: number;
  readonly often: (probability: number) => boolean;
  readonly isCrowd: boolean;
}

function client(dice: SimDice, { destinations, calmAtMs, often, isCrowd }: ClientDraw): ClientPlan {
  const requests = isCrowd ? dice.between(1, 2) : dice.between(1, 8);
  const natures = dice.chance(0.7) ? contentNatures : wayNatures;
  return {
    signal: isCrowd ? "logs" : dice.pick(signalNames),
    destination: dice.pick(destinations),
    transport: dice.chance(0.75) ? "http" : "grpc",
    gzip: dice.chance(0.5),
    requests,
    gapMs: dice.chance(0.3) ? 0 : Math.ceil((dice.random() * calmAtMs) / requests),
    maxItems: dice.pick([1, 3, 12]),
    padding: dice.pick([0, 0, 300]),
    leavesAtMs: often(0.1) ? dice.below(calmAtMs) : undefined,
    poison: often(0.35) ? { natures: [dice.pick(natures)], share: dice.pick([0.05, 0.2, 0.6, 1]) } : undefined,
  };
}

function fault(dice: SimDice, calmAtMs: number): QueueFault {
  const fromMs = dice.below(calmAtMs);
  const toMs = Math.min(calmAtMs, fromMs + dice.between(100, calmAtMs));
  return { of: dice.pick(["queue", "dead-letters"] as const), fromMs, toMs, share: dice.pick([0.2, 0.5, 1]) };
}

/** The destination takes only the new key from `atMs`; the settings say so at `knownAtMs`, before or after. */
function rotation(dice: SimDice, calmAtMs: number) {
  const atMs = dice.below(calmAtMs);
  return { atMs, knownAtMs: Math.max(0, Math.min(calmAtMs - 1, atMs + dice.between(-20_000, 60_000))) };
}

/** The world in a line or two, for a person. */
export function describeScenario(scenario: Scenario): string {
  const { mode, hasQueue, hasDeadLetters, lanes, clients, calmAtMs } = scenario;
  const parts = [
    `${mode}${hasQueue ? "+queue" : ""}${hasDeadLetters ? "+dead letters" : ""}, ${clients.length} clients`,
    `calm at ${calmAtMs / 1000} s`,
    ...lanes.flatMap(({ destination, signal, phases: troubles }) =>
      troubles.map(({ fromMs, toMs, how }) => `${destination}/${signal} ${textOf(how)} ${fromMs}–${toMs} ms`),
    ),
    ...[...new Set(clients.flatMap(({ poison }) => poison?.natures ?? []))].map(
      (nature) => `records that are ${nature}`,
    ),
    ...counted("queue faults", scenario.queueFaults),
    ...counted("restarts", scenario.restarts),
    ...counted("flush kills", scenario.flushKills),
    ...counted("rotations", scenario.rotations),
    ...scenario.clockSteps.map(({ ms }) => `clock ${ms} ms`),
    ...(scenario.queueLimitBytes < 2 ** 20 ? [`a queue of ${scenario.queueLimitBytes} bytes a message`] : []),
    ...(scenario.budgetBytes < 2 ** 20 ? [`budget ${scenario.budgetBytes} bytes`] : []),
  ];
  return parts.join("; ");
}

function counted(what: string, list: readonly unknown[]): string[] {
  return list.length > 0 ? [`${list.length} ${what}`] : [];
}

/** A behaviour in two words. */
export function textOf(how: Behaviour): string {
  switch (how.kind) {
    case "status":
      return `${how.status}${how.retryAfter === undefined ? "" : ` (retry-after ${how.retryAfter})`}`;
    case "slow":
      return `slow ${how.ms} ms`;
    case "reset":
      return how.stored ? "reset after storing" : "reset before storing";
    case "flaky":
      return `${how.share * 100} % ${textOf(how.how)}`;
    default:
      return how.kind;
  }
}
