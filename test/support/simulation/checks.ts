import type { EmittedEvent } from "../record-events.ts";
import { fairness, promptness } from "./checks-fairness.ts";
import type { Arrival } from "./destination.ts";
import type { Records, SimRecord } from "./records.ts";
import type { Scenario } from "./scenario.ts";
import type { SimAnswer, SimRequest } from "./sim-clients.ts";
import { payloadOf } from "./sim-queue.ts";

/** A promise that did not hold: which, about what, in a sentence. */
export interface Violation {
  readonly promise: string;
  readonly text: string;
  /** Ids of records, names of lanes or processes. */
  readonly about: readonly (string | number)[];
}

/** What `/-/ready` said. */
export interface Look {
  readonly at: number;
  readonly isReady: boolean;
}

/** What is left of a run. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly records: Records;
  readonly requests: readonly SimRequest[];
  readonly events: readonly EmittedEvent[];
  readonly arrivals: readonly Arrival[];
  readonly answers: readonly SimAnswer[];
  readonly looks: readonly Look[];
  /** Bodies still in the queue, and in the dead-letter queue. */
  readonly queued: readonly string[];
  readonly letters: readonly string[];
  /** What each process that lives still holds. */
  readonly held: readonly { readonly bytes: number; readonly requests: number }[];
  /** Every client came to its end. */
  readonly isOver: boolean;
}

/** Every promise that this run broke; the gravest first. */
export function violations(outcome: Outcome): readonly Violation[] {
  const { records, queued, letters } = outcome;
  const inQueue = new Set(queued.flatMap((body) => records.read(payloadOf(body))));
  const parked = new Set(letters.flatMap((body) => records.read(payloadOf(body))));
  return [
    ...lost(outcome, inQueue, parked),
    ...innocence(outcome, parked),
    ...dropped(outcome),
    ...stuck(outcome, inQueue),
    ...ledger(outcome),
    ...memory(outcome),
    ...fairness(outcome),
    ...promptness(outcome),
  ];
}

/** Promise 1: an acknowledgement means durable. */
function lost({ requests }: Outcome, inQueue: ReadonlySet<SimRecord>, parked: ReadonlySet<SimRecord>): Violation[] {
  return requests.flatMap((request) => {
    if (request.ackedAt === undefined) return [];
    const missing = request.records.filter(
      (record) => record.stored === 0 && record.leftOut === 0 && !inQueue.has(record) && !parked.has(record),
    );
    if (missing.length <= request.rejected) return [];
    const about = missing.map(({ id }) => id);
    return [{ promise: "lost", text: `acknowledged and lost: ${textOf(missing)}`, about: about.slice(0, 1) }];
  });
}

/** Promise 2: nothing is dead-lettered for another's record. */
function innocence({ records, requests }: Outcome, parked: ReadonlySet<SimRecord>): Violation[] {
  const good = records.all.filter((record) => record.nature === "good" && parked.has(record));
  const first = good.slice(0, 1).map(({ id }) => id);
  const letters =
    good.length > 0
      ? [{ promise: "good record dead-lettered", text: `dead-lettered although good: ${textOf(good)}`, about: first }]
      : [];
  const told = requests.flatMap((request): Violation[] => {
    const bad = request.records.filter(({ nature }) => nature !== "good");
    if (request.rejected <= bad.length) return [];
    const text = `client ${request.client} was told of ${request.rejected} rejected items, ${bad.length} are bad`;
    return [{ promise: "good record rejected", text, about: request.records.slice(0, 1).map(({ id }) => id) }];
  });
  return [...letters, ...told];
}

/** A valid request is never refused for good. */
function dropped({ requests }: Outcome): Violation[] {
  return requests.flatMap(({ refused, records, client }) => {
    if (refused === undefined) return [];
    const text = `client ${client} was refused for good: ${refused}`;
    return [{ promise: "dropped", text, about: records.slice(0, 1).map(({ id }) => id) }];
  });
}

/** Promise 3: in the calm after, everything good arrives, and every client has its answer. */
function stuck({ records, requests, isOver, scenario }: Outcome, inQueue: ReadonlySet<SimRecord>): Violation[] {
  const queued = records.all.filter((record) => record.nature === "good" && record.stored === 0 && inQueue.has(record));
  const first = queued.slice(0, 1).map(({ id }) => id);
  const waiting =
    queued.length > 0 ? [{ promise: "stuck", text: `still queued: ${textOf(queued)}`, about: first }] : [];
  const unanswered = requests.filter(({ ackedAt, refused, left, records: held }) => {
    const gaveUp = ackedAt === undefined && refused === undefined && !left;
    return gaveUp && held.every(({ nature }) => nature === "good");
  });
  const hopeless = unanswered.map(({ client, records: held }) => ({
    promise: "never taken",
    text: `client ${client} gave up after ${scenario.calmAtMs} ms and ten minutes of calm, with nothing but good records`,
    about: held.slice(0, 1).map(({ id }) => id),
  }));
  const hung = isOver ? [] : [{ promise: "hung", text: "a client never had an answer", about: [] }];
  return [...waiting, ...hopeless.slice(0, 1), ...hung];
}

/** Promise 4: every record is accounted for, and the destination agrees. */
function ledger({ events, records, queued }: Outcome): Violation[] {
  const sums = new Map<string, number>();
  for (const { name, fields } of events) {
    if ("items" in fields) sums.set(name, (sums.get(name) ?? 0) + Number(fields.items));
  }
  const sum = (name: EmittedEvent["name"]) => sums.get(name) ?? 0;
  const stored = records.all.reduce((total, record) => total + record.stored, 0);
  const found: Violation[] = [];
  const delivered = sum("export.delivered");
  if (delivered > stored) {
    found.push({ promise: "ledger", text: `${delivered} items count as delivered, ${stored} were stored`, about: [] });
  }
  const waiting = queued.reduce((total, body) => total + records.read(payloadOf(body)).length, 0);
  const out = delivered + sum("export.partial") + sum("batch.dead-lettered") + waiting;
  const accepted = sum("request.accepted");
  if (accepted > out) {
    found.push({ promise: "ledger", text: `${accepted} items were accepted, ${out} are accounted for`, about: [] });
  }
  const crash = events.find(({ name }) => name === "code.crashed");
  if (crash) found.push({ promise: "crash", text: JSON.stringify(crash.fields), about: [] });
  return found;
}

/** Nothing is held when nothing is under way. */
function memory({ held }: Outcome): Violation[] {
  return held.flatMap(({ bytes, requests }) =>
    bytes === 0 && requests === 0
      ? []
      : [{ promise: "memory", text: `${bytes} bytes and ${requests} requests are still held`, about: [] }],
  );
}

function textOf(records: readonly SimRecord[]): string {
  const [first] = records;
  const others = records.length > 1 ? ` and ${records.length - 1} more` : "";
  return first ? `r${first.id} (${first.nature}, ${first.signal}, client ${first.client})${others}` : "";
}
