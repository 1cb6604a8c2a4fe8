import type { Random } from "../../../shared/clock.ts";
import type { DiskQueue } from "../../../shared/node/disk-queue/disk-queue.ts";

/** What a test knows about the messages of a queue, whatever happens to the process. */
export interface Ledger {
  /** Bodies that were handed to `send`. */
  readonly offered: Set<string>;
  /** Those of which the queue said that they are durable. */
  readonly accepted: Set<string>;
  /** Those whose deletion was asked for, and those for which it was confirmed. */
  readonly dropping: Set<string>;
  readonly dropped: Set<string>;
}

export function createLedger(): Ledger {
  return { offered: new Set(), accepted: new Set(), dropping: new Set(), dropped: new Set() };
}

/** A ledger from its lines: the name of the set, a space, the body. The last line may be torn. */
export function readLedger(text: string): Ledger {
  const ledger = createLedger();
  const sets: Readonly<Record<string, Set<string>>> = { ...ledger };
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    const end = line.indexOf(" ");
    sets[line.slice(0, end)]?.add(line.slice(end + 1));
  }
  return ledger;
}

const shards = [undefined, "a", "b"];

/** Sends, receives, settles and clears up, several at once, `rounds` times or until `isOver`; errors are values here. */
export async function work(queue: DiskQueue, given: WorkOptions): Promise<void> {
  await Promise.all([
    produce(queue, given),
    produce(queue, given),
    consume(queue, given),
    consume(queue, given),
    tidy(queue, given),
  ]);
}

export interface WorkOptions {
  readonly ledger: Ledger;
  readonly random: Random;
  readonly rounds: number;
  readonly isOver?: () => boolean;
}

async function produce(queue: DiskQueue, { ledger, random, rounds, isOver = () => false }: WorkOptions): Promise<void> {
  for (let round = 0; round < rounds && !isOver(); round++) {
    const shard = shards[Math.floor(random() * shards.length)];
    const bodies = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
      const name = `${shard ?? "free"}:${ledger.offered.size}:`;
      const body = name + "x".repeat(Math.floor(random() ** 4 * 5000));
      ledger.offered.add(body);
      return body;
    });
    const sent = await (shard === undefined
      ? queue.send(bodies.map(form))
      : queue.sendInOrder(shard, bodies.map(form)));
    if (sent.kind === "sent") for (const body of bodies) ledger.accepted.add(body);
  }
  function form(body: string, index: number): string | Uint8Array {
    return index % 2 === 0 ? body : Buffer.from(body);
  }
}

async function consume(queue: DiskQueue, { ledger, random, rounds, isOver = () => false }: WorkOptions): Promise<void> {
  for (let round = 0; round < rounds && !isOver(); round++) {
    const received = await queue.receive({
      maxMessages: 1 + Math.floor(random() * 30),
      leaseSeconds: 60,
      inRuns: random() < 0.7,
    });
    if (received.kind === "failed" || received.messages.length === 0) {
      await new Promise(setImmediate);
      continue;
    }
    const gone = received.messages.filter(() => random() < 0.9);
    for (const { body } of gone) ledger.dropping.add(textOf(body));
    const later = received.messages.filter((message) => !gone.includes(message));
    await queue.changeVisibility(
      later.map(({ receiptHandle }) => ({ receiptHandle, seconds: random() < 0.8 ? 0 : 0.002 })),
    );
    const { failed } = await queue.delete(gone.map(({ receiptHandle }) => receiptHandle));
    for (const { body, receiptHandle } of gone) if (!failed.has(receiptHandle)) ledger.dropped.add(textOf(body));
  }
}

async function tidy(queue: DiskQueue, { rounds, isOver = () => false }: WorkOptions): Promise<void> {
  for (let round = 0; round < rounds && !isOver(); round++) {
    await queue.upkeep();
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  }
}

/** Receives and deletes until nothing is left: bodies in the order in which they came. */
export async function drain(queue: DiskQueue): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const received = await queue.receive({ maxMessages: 50, leaseSeconds: 600, inRuns: true });
    if (received.kind === "failed") throw new Error(received.reason);
    if (received.messages.length === 0) return bodies;
    bodies.push(...received.messages.map(({ body }) => textOf(body)));
    await queue.delete(received.messages.map(({ receiptHandle }) => receiptHandle));
  }
}

/** What is wrong with the messages that a queue still has; empty when the ledger balances. */
export function imbalance(ledger: Ledger, found: readonly string[], how: { deletesSurvive: boolean }): string[] {
  const seen = new Set(found);
  const short = (body: string) => body.slice(0, 20);
  const unknown = found.filter((body) => !ledger.offered.has(body)).map((body) => `never sent: ${short(body)}`);
  const twice = found.length === seen.size ? [] : ["a message came twice"];
  const lost = [...ledger.accepted].filter((body) => !seen.has(body) && !ledger.dropping.has(body));
  const back = how.deletesSurvive ? [...ledger.dropped].filter((body) => seen.has(body)) : [];
  return [
    ...unknown,
    ...twice,
    ...lost.map((body) => `lost: ${short(body)}`),
    ...back.map((body) => `came back: ${short(body)}`),
    ...disorder(found),
  ];
}

/** Bodies are numbered in the order in which they were sent, per shard. */
function disorder(found: readonly string[]): string[] {
  const last = new Map<string, number>();
  return found.flatMap((body) => {
    const [shard = "", number] = body.split(":");
    const before = last.get(shard) ?? -1;
    last.set(shard, Number(number));
    return shard !== "free" && Number(number) < before ? [`out of order: ${shard} ${number} after ${before}`] : [];
  });
}

function textOf(body: string | Uint8Array): string {
  return typeof body === "string" ? body : Buffer.from(body).toString();
}
