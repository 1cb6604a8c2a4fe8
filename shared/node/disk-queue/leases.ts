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

/** A shard with a record in hands. */
interface Shard {
  /** What is in hands, in order. The lease of the first one counts for all: what is behind it may not come before it. */
  readonly held: Lease[];
  /** What waits behind, in order. */
  readonly behind: Waiting[];
}

/** Who has what, until when, and what waits behind it because its shard is busy. In memory only: a new process starts free. */
export class Leases {
  readonly #bySequence = new Map<number, Lease>();
  readonly #ends = new DeadlineHeap<Lease>();
  readonly #shards = new Map<string, Shard>();
  readonly #ready: Waiting[] = [];
  #waiting = 0;

  /** Records under lease, ended or not. */
  get size(): number {
    return this.#bySequence.size;
  }

  /** Whether a shard has become free that has more. */
  get isReady(): boolean {
    return this.#ready.length > 0;
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

  /** A lease that has ended by `now`, no longer in the heap: lease it again. What was received behind it is not in hands any more. */
  takeEnded(now: number): Lease | undefined {
    this.#dropStale();
    const top = this.#ends.peek();
    const ended = top && top.dueAt <= now ? this.#ends.pop() : undefined;
    if (!ended) return undefined;
    // Extended to the very moment at which it ended before, it is in the heap twice.
    ended.endsAt = Number.NEGATIVE_INFINITY;
    this.putBackBehind(ended);
    return ended;
  }

  /** The first record of a shard that has become free. */
  takeReady(): Waiting | undefined {
    return this.#ready.shift();
  }

  /** The next record of a shard whose last one is in the same hands; undefined where there is none that `may` go. */
  takeBehind(shard: string, may: (record: Waiting) => boolean): Waiting | undefined {
    const behind = this.#shards.get(shard)?.behind;
    const [next] = behind ?? [];
    if (!behind || !next || !may(next)) return undefined;
    behind.shift();
    this.#waiting -= 1;
    return next;
  }

  /** What is in hands behind a record of its shard waits again; their sequence numbers. */
  putBackBehind({ sequence, shard }: Waiting): readonly number[] {
    const { held = [], behind = [] } = (shard !== undefined && this.#shards.get(shard)) || {};
    const back = held.splice(held.findIndex((lease) => lease.sequence === sequence) + 1);
    for (const lease of back) this.#bySequence.delete(lease.sequence);
    behind.unshift(...back.map((lease) => ({ sequence: lease.sequence, ...(shard !== undefined && { shard }) })));
    this.#waiting += back.length;
    return back.map((lease) => lease.sequence);
  }

  /** Whether the record may be leased now; otherwise it waits behind the head of its shard. */
  claim(record: Waiting): boolean {
    if (record.shard === undefined) return true;
    const shard = this.#shards.get(record.shard);
    if (!shard) {
      this.#shards.set(record.shard, { held: [], behind: [] });
      return true;
    }
    shard.behind.push(record);
    this.#waiting += 1;
    return false;
  }

  hold(record: Waiting, lease: { readonly receipt: string; readonly endsAt: number }): void {
    const { sequence, shard } = record;
    const held: Lease = { sequence, ...(shard !== undefined && { shard }), ...lease };
    this.#bySequence.set(sequence, held);
    const others = shard === undefined ? undefined : this.#shards.get(shard)?.held;
    const at = others?.findIndex((other) => other.sequence === sequence) ?? -1;
    if (at >= 0) others?.splice(at, 1, held);
    else others?.push(held);
    this.#follow(held);
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
    this.#follow(lease);
  }

  /** Ends a lease for good: its record is gone, and the next of its shard may go. */
  release({ sequence, shard }: Waiting): void {
    this.#bySequence.delete(sequence);
    const state = shard === undefined ? undefined : this.#shards.get(shard);
    if (shard === undefined || !state) return;
    const at = state.held.findIndex((lease) => lease.sequence === sequence);
    if (at >= 0) state.held.splice(at, 1);
    const [head] = state.held;
    if (head) {
      if (at === 0) this.#follow(head);
      return;
    }
    const next = state.behind.shift();
    if (next) {
      this.#waiting -= 1;
      this.#ready.push(next);
    } else this.#shards.delete(shard);
  }

  /** Of a shard only the first one's end is looked at. */
  #follow(lease: Lease): void {
    const head = lease.shard === undefined ? lease : this.#shards.get(lease.shard)?.held[0];
    if (head === lease) this.#ends.push(lease.endsAt, lease);
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
