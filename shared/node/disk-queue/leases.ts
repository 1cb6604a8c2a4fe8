import { DeadlineHeap } from "./deadline-heap.ts";

/** A record that is in somebody's hands, or hidden. */
export interface Lease {
  readonly sequence: number;
  readonly shard?: string;
  /** Names the latest delivery. */
  receipt: string;
  /** Monotonic milliseconds; from then on it may be received again. */
  endsAt: number;
}

/** A record whose shard is busy. */
export type Waiting = Pick<Lease, "sequence" | "shard">;

/** Who has what, until when, and what waits behind it because its shard is busy. In memory only: a new process starts free. */
export class Leases {
  readonly #bySequence = new Map<number, Lease>();
  readonly #ends = new DeadlineHeap<Lease>();
  /** Of a busy shard: what waits behind its head. */
  readonly #shards = new Map<string, Waiting[]>();
  readonly #ready: Waiting[] = [];
  #waiting = 0;

  /** Records under lease, ended or not. */
  get size(): number {
    return this.#bySequence.size;
  }

  /** Records that wait for the head of their shard. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Monotonic time at which the next lease ends; infinite where there is none. */
  get nextEnd(): number {
    this.#dropStale();
    return this.#ready.length > 0 ? 0 : (this.#ends.peek()?.dueAt ?? Number.POSITIVE_INFINITY);
  }

  countAt(now: number): number {
    let held = 0;
    for (const { endsAt } of this.#bySequence.values()) if (endsAt > now) held += 1;
    return held;
  }

  /** A lease that has ended by `now`, no longer in the heap: lease it again. */
  takeEnded(now: number): Lease | undefined {
    this.#dropStale();
    const top = this.#ends.peek();
    return top && top.dueAt <= now ? this.#ends.pop() : undefined;
  }

  /** The first record of a shard that has become free. */
  takeReady(): Waiting | undefined {
    return this.#ready.shift();
  }

  /** Whether the record may be leased now; otherwise it waits behind the head of its shard. */
  claim(record: Waiting): boolean {
    if (record.shard === undefined) return true;
    const behind = this.#shards.get(record.shard);
    if (!behind) {
      this.#shards.set(record.shard, []);
      return true;
    }
    behind.push(record);
    this.#waiting += 1;
    return false;
  }

  hold(record: Waiting, lease: { readonly receipt: string; readonly endsAt: number }): void {
    const { sequence, shard } = record;
    const held: Lease = { sequence, ...(shard !== undefined && { shard }), ...lease };
    this.#bySequence.set(sequence, held);
    this.#ends.push(held.endsAt, held);
  }

  /** The lease that a receipt stands for; undefined where a later receive, or a delete, has made it void. */
  find(receipt: string): Lease | undefined {
    const lease = this.#bySequence.get(Number(receipt.slice(0, receipt.indexOf("/"))));
    return lease?.receipt === receipt ? lease : undefined;
  }

  isHeld(sequence: number): boolean {
    return this.#bySequence.has(sequence);
  }

  extend(lease: Lease, endsAt: number): void {
    lease.endsAt = endsAt;
    this.#ends.push(endsAt, lease);
  }

  /** Ends a lease for good: its record is gone, and the next of its shard may go. */
  release({ sequence, shard }: Pick<Lease, "sequence" | "shard">): void {
    this.#bySequence.delete(sequence);
    if (shard === undefined) return;
    const next = this.#shards.get(shard)?.shift();
    if (next) {
      this.#waiting -= 1;
      this.#ready.push(next);
    } else this.#shards.delete(shard);
  }

  /** A lease that was extended is in the heap more than once: only its latest end counts. */
  #dropStale(): void {
    for (let top = this.#ends.peek(); top; top = this.#ends.peek()) {
      const { dueAt, value } = top;
      if (this.#bySequence.get(value.sequence) === value && value.endsAt === dueAt) return;
      this.#ends.pop();
    }
  }
}
