import type { Outcome, Violation } from "./checks.ts";
import type { LanePlan } from "./scenario.ts";
import type { SimRequest } from "./sim-clients.ts";

/** How long anybody waits where nothing is wrong in its own lane, whatever is wrong beside it. */
const calmLaneMs = 1000;
/**
 * How often, and how long, a good request is put off for the sake of bad ones in its lane: where most of them fail it
 * looks like an outage, and a client may be told to come back in a minute, twice.
 */
const neighbour = { maxPostponed: 3, maxMs: 120_000 };
/**
 * How long an accepted good record waits in the queue for the sake of bad ones in its lane: where most messages fail it
 * looks like an outage, whose trials are few, and nobody knows which message to try.
 */
const maxQueuedMs = 3_600_000;
/** The wait for the destination, behind a group that waits for it, then the queue. */
const maxAnswerMs = 25_000;
const readyWindowMs = 10_000;
/** Exports that may meet an outage of a lane: some under way when it begins, then trials. */
const outage = { initial: 16, msPerTrial: 2500 };

/** Promises 2 and 3: an outage stops at what is down, a bad record blocks nobody. */
export function fairness(outcome: Outcome): readonly Violation[] {
  return [...calmLanes(outcome), ...neighbours(outcome), ...attempts(outcome)];
}

/** Whoever asks has an answer in time; who looks is told whether answers are any good. */
export function promptness({ scenario, answers, looks }: Outcome): readonly Violation[] {
  if (scenario.mode !== "daemon") return [];
  const found: Violation[] = [];
  const slow = answers.find(({ tookMs }) => tookMs > maxAnswerMs);
  if (slow) found.push({ promise: "late answer", text: `an answer took ${Math.round(slow.tookMs)} ms`, about: [] });
  if (scenario.restarts.length > 0 || scenario.budgetBytes < 2 ** 20) return found;
  const wrong = looks.filter(({ at, isReady }) => {
    const lately = isReady ? answers.filter((answer) => answer.at <= at && answer.at > at - readyWindowMs) : [];
    return lately.filter(({ isGood }) => isGood).length >= 3 && lately.every(({ isAccepted }) => !isAccepted);
  });
  if (wrong.length < 5) return found;
  const text = `ready in ${wrong.length} looks while no request was taken for ${readyWindowMs / 1000} s`;
  return [...found, { promise: "ready without success", text, about: [] }];
}

function calmLanes({ scenario, requests }: Outcome): Violation[] {
  const { mode, restarts, budgetBytes, lanes, batchDelayMs, rttMs } = scenario;
  if (mode !== "daemon" || restarts.length > 0 || budgetBytes < 2 ** 20) return [];
  const maxMs = calmLaneMs + batchDelayMs + 8 * rttMs;
  return lanes
    .filter((lane) => isCalm(lane, requests, scenario.rotations.length))
    .flatMap((lane) => {
      const late = requestsOf(lane, requests).find(
        ({ ackedAt, sentAt, postponed }) => postponed > 0 || ackedAt === undefined || ackedAt - sentAt > maxMs,
      );
      if (!late) return [];
      const took = late.ackedAt === undefined ? "was never taken" : `took ${Math.round(late.ackedAt - late.sentAt)} ms`;
      const text = `nothing was wrong with ${nameOf(lane)}, yet a request ${took} and was put off ${late.postponed} times`;
      return [{ promise: "stopped by another's trouble", text, about: idsOf(late) }];
    });
}

function isCalm(lane: LanePlan, requests: readonly SimRequest[], rotations: number): boolean {
  if (lane.phases.length > 0 || (rotations > 0 && lane.destination === "grafana-cloud")) return false;
  return requestsOf(lane, requests, true).every(({ records }) => records.every(({ nature }) => nature === "good"));
}

function neighbours({ scenario, requests }: Outcome): Violation[] {
  const { restarts, budgetBytes, lanes, rotations, flushKills, queueFaults } = scenario;
  if (restarts.length + rotations.length + flushKills.length + queueFaults.length > 0 || budgetBytes < 2 ** 20)
    return [];
  return lanes
    .filter(({ phases }) => phases.length === 0)
    .flatMap((lane) => {
      const good = requestsOf(lane, requests).filter(({ records }) => records.every(({ nature }) => nature === "good"));
      const blocked = good.find(({ ackedAt, sentAt, postponed }) => {
        return postponed > neighbour.maxPostponed || ackedAt === undefined || ackedAt - sentAt > neighbour.maxMs;
      });
      if (blocked) {
        const text = `${nameOf(lane)} was up, yet a good request was put off ${blocked.postponed} times beside bad records`;
        return [{ promise: "blocked by a record", text, about: idsOf(blocked) }];
      }
      const waiting = good
        .flatMap(({ records, ackedAt = 0 }) =>
          records.map((record) => ({ record, ms: (record.storedAt ?? ackedAt) - ackedAt })),
        )
        .find(({ ms }) => ms > maxQueuedMs);
      if (!waiting) return [];
      const text = `${nameOf(lane)} was up, yet a good record was stored ${Math.round(waiting.ms / 1000)} s after its acknowledgement`;
      return [{ promise: "blocked by a record", text, about: [waiting.record.id] }];
    });
}

/** An outage is met by trials, not by everybody. */
function attempts({ scenario, arrivals }: Outcome): Violation[] {
  const { lanes, restarts, flushEnvironments } = scenario;
  const processes = 1 + restarts.length + (scenario.hasQueue ? flushEnvironments + scenario.flushKills.length : 0);
  return lanes.flatMap((lane) => {
    const plain = lane.phases.filter(({ how }) => how.kind !== "flaky" && how.kind !== "slow");
    if (plain.length < lane.phases.length) return [];
    const met = arrivals.filter((arrival) => arrival.lane === nameOf(lane) && arrival.met === "lane").length;
    const allowed = plain.reduce(
      (sum, { fromMs, toMs }) => sum + outage.initial + (toMs - fromMs) / outage.msPerTrial,
      0,
    );
    if (met <= allowed * processes) return [];
    const text = `${met} exports met the outage of ${nameOf(lane)}, at most ${Math.floor(allowed * processes)} should`;
    return [{ promise: "attempts", text, about: [nameOf(lane)] }];
  });
}

/** Without those whose client left: they have no answer to wait for. */
function requestsOf(lane: LanePlan, requests: readonly SimRequest[], all = false): readonly SimRequest[] {
  return requests.filter(({ plan, left }) => {
    return plan.signal === lane.signal && plan.destination === lane.destination && (all || !left);
  });
}

function nameOf({ destination, signal }: LanePlan): string {
  return `${destination}/${signal}`;
}

function idsOf({ records }: SimRequest): readonly number[] {
  return records.slice(0, 1).map(({ id }) => id);
}
