import { type EmittedEvent, recordEvents } from "../record-events.ts";
import { type Look, type Violation, violations } from "./checks.ts";
import { createSimDestinations } from "./destination.ts";
import { createSimDice } from "./dice.ts";
import { createRecords } from "./records.ts";
import { describeScenario, drawScenario, type Scenario } from "./scenario.ts";
import { type Reachable, runClient, type SimAnswer, type SimRequest } from "./sim-clients.ts";
import { createSimQueue } from "./sim-queue.ts";
import { createStory } from "./story.ts";
import { createVirtualTime } from "./virtual-time.ts";
import {
  type Adapters,
  createDaemonGateway,
  createFlushFunction,
  createFunctionGateway,
  invocationMs,
  leaseMs,
} from "./wiring.ts";

/** What a run came to. */
export interface SimulationReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** The seed's world and its first violation, at most ten lines. */
  readonly text: string;
  readonly records: number;
  readonly exports: number;
  readonly elapsedMs: number;
}

interface Life {
  isDead: boolean;
  die(): void;
  readonly gone: Promise<void>;
}

/** The calm after the storm: by its end everything that was accepted has its place. */
const graceMs = 2 * 3_600_000;
const clientGraceMs = 600_000;

/** Runs the world of one seed to its end and checks what was promised. The same seed is the same run, to the letter. */
export async function simulate(
  seed: number,
  scenario: Scenario = drawScenario(seed),
  maxLines = 7,
): Promise<SimulationReport> {
  const time = createVirtualTime();
  const dice = createSimDice(seed ^ 0x2545f491);
  const records = createRecords();
  const story = createStory(time);
  const events: EmittedEvent[] = [];
  const names = [...new Set(scenario.lanes.map(({ destination }) => destination))];
  const { lanes, rttMs, queueFaults: faults, calmAtMs, queueLimitBytes: maxMessageBytes } = scenario;
  const destinations = createSimDestinations({ time, dice, records, story, lanes, rttMs });
  const queue = createSimQueue({ time, dice, story, records, name: "queue", faults, maxMessageBytes });
  const deadLetters = createSimQueue({ time, dice, story, records, name: "dead-letters", faults, maxMessageBytes });
  let serial = 0;
  let key = "key-0";

  for (const [at, { atMs, knownAtMs }] of scenario.rotations.entries()) {
    time.after(atMs, () => destinations.setKey(`key-${at + 1}`));
    time.after(knownAtMs, () => {
      key = `key-${at + 1}`;
    });
  }
  for (const { atMs, ms } of scenario.clockSteps) {
    time.after(atMs, () => {
      story.tell(`the clock is set by ${ms} ms`);
      time.step(ms);
    });
  }

  function adapters(process: string, life: Life): Adapters & { clock: ReturnType<typeof time.clock> } {
    const isDead = () => life.isDead;
    const record = recordEvents(events);
    return {
      clock: time.clock(isDead),
      random: dice.random,
      emit: (name, fields) => {
        if (!life.isDead) record(name, fields);
      },
      newId: () => `letter-${++serial}`,
      transport: destinations.transport(process, isDead),
      destinations: names,
      key: () => key,
      ...(scenario.hasQueue && { queue: queue.sender(process, isDead) }),
      ...(scenario.hasDeadLetters && { deadLetters: deadLetters.sender(process, isDead) }),
    };
  }

  // The gateway, its restarts, and its clients.
  let generation = 0;
  let current = startGateway();
  const gateways = [current];

  function startGateway() {
    const process = `${scenario.mode}-${++generation}`;
    const life = createLife();
    const given = adapters(process, life);
    const gateway =
      scenario.mode === "function" && given.queue
        ? createFunctionGateway({ ...given, queue: given.queue })
        : createDaemonGateway(given, scenario);
    const reachable: Reachable = {
      http: (destination) => gateway.http.get(destination),
      grpc: (destination) => gateway.grpc.get(destination),
      gone: life.gone,
    };
    return { process, life, gateway, reachable };
  }

  for (const { atMs, kind } of scenario.restarts) {
    time.after(atMs, () => {
      const old = current;
      story.tell(`${old.process}: ${kind}`, [old.process]);
      if (kind === "kill") old.life.die();
      else {
        void old.gateway.stop().then(() => old.life.die());
        time.after(30_000, () => old.life.die());
      }
      current = startGateway();
      gateways.push(current);
    });
  }

  const requests: SimRequest[] = [];
  let busy = scenario.clients.length;
  const answers: SimAnswer[] = [];
  const patientUntilMs = calmAtMs + clientGraceMs;
  const shared = { time, dice, records, story, requests, answers, patientUntilMs, bigShare: scenario.bigShare };
  for (const [id, plan] of scenario.clients.entries()) {
    void runClient(id, plan, { ...shared, reach: () => current.reachable }).then(() => busy--);
  }

  // The flush function: environments that take what is visible.
  const flushing = new Set<Life>();
  const flushOver = new Set<number>();
  if (scenario.hasQueue) for (let at = 0; at < scenario.flushEnvironments; at++) poll(at);
  for (const atMs of scenario.flushKills) {
    time.after(atMs, () => {
      for (const life of flushing) life.die();
    });
  }

  function poll(environment: number): void {
    let life = createLife();
    let flush = make();
    function make() {
      const given = adapters(`flush-${environment}`, life);
      const dead = deadLetters.sender(`flush-${environment}`, () => life.isDead);
      const own = queue.sender(`flush-${environment}`, () => life.isDead);
      return createFlushFunction({ ...given, queue: own, deadLetters: dead, reader: queue });
    }
    const turn = async (): Promise<void> => {
      const messages = queue.receive(scenario.flushBatch, leaseMs);
      if (messages.length === 0) {
        const idleMs = Math.max(500, Math.min(30_000, queue.nextVisibleAt() - time.elapsed()));
        if (queue.size === 0 && busy === 0) flushOver.add(environment);
        else flushOver.delete(environment);
        time.after(queue.size > 0 || busy > 0 ? idleMs : 5000, () => void turn());
        return;
      }
      flushing.add(life);
      const ended = life.gone.then(() => "died" as const);
      const late = new Promise<"timeout">((resolve) => void time.after(invocationMs, () => resolve("timeout")));
      const done = flush(messages, invocationMs).catch(() => "failed" as const);
      const result = await Promise.race([done, ended, late]);
      flushing.delete(life);
      if (result === "died" || result === "timeout") {
        story.tell(`flush-${environment}: ${result}`, ["flush"]);
        life.die();
        life = createLife();
        flush = make();
      } else if (result !== "failed") {
        for (const { id } of messages) if (!result.includes(id)) queue.remove(id);
      }
      time.after(result === "failed" ? 1000 : 100, () => void turn());
    };
    time.after(dice.below(500), () => void turn());
  }

  const looks: Look[] = [];
  const look = () => {
    looks.push({ at: time.elapsed(), isReady: current.gateway.problem() === undefined });
    if (busy > 0) time.after(1000, look);
  };
  look();

  const isQuiet = () =>
    busy === 0 &&
    queue.size === 0 &&
    gateways.every(({ life, gateway }) => life.isDead || gateway.held().requests === 0);
  await time.run(isQuiet, calmAtMs + clientGraceMs + graceMs);

  const living = gateways.filter(({ life }) => !life.isDead).map(({ gateway }) => gateway.held());
  const found = violations({
    scenario,
    records,
    requests,
    events,
    answers,
    looks,
    arrivals: destinations.arrivals,
    queued: queue.bodies(),
    letters: deadLetters.bodies(),
    held: living,
    isOver: busy === 0,
  });
  const [first] = found;
  const told = first ? [first.text, ...story.excerpt(first.about, maxLines)] : [];
  const text = [`seed ${seed}: ${describeScenario(scenario)}`, ...told].map((line) => line.slice(0, 300)).join("\n  ");
  const { length: exports } = destinations.arrivals;
  return { seed, violations: found, text, records: records.all.length, exports, elapsedMs: time.elapsed() };
}

function createLife(): Life {
  let die = () => {};
  const gone = new Promise<void>((resolve) => {
    die = resolve;
  });
  const life = {
    isDead: false,
    gone,
    die() {
      life.isDead = true;
      die();
    },
  };
  return life;
}
