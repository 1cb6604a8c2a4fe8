import type { Acceptance, ReceivedRequest } from "../batch/accept.ts";
import type { Clock } from "../clock.ts";

/** A request that waits, and what answers its client. */
export interface Entry {
  readonly request: ReceivedRequest;
  readonly settle: (acceptance: Acceptance) => void;
}

/** When a lane commits what it holds; sizes in bytes of uncompressed protobuf, times in milliseconds. */
export interface LaneLimits {
  /** While others are under way a group is committed when it has this many bytes or items, or its oldest request is this old. */
  readonly maxBytes: number;
  readonly maxItems: number;
  readonly maxDelayMs: number;
  /** Groups that may be on their way at once; requests gather meanwhile. */
  readonly maxConcurrent: number;
  /** A gzip request of at least this size needs no company: alone it is sent on as it came, nothing is compressed again. */
  readonly passBytes: number;
}

export interface LaneOptions extends LaneLimits {
  readonly clock: Pick<Clock, "sleep">;
  /** Commits a group; what it resolves with answers the group's clients. Never rejects. */
  readonly run: (entries: readonly Entry[]) => Promise<() => void>;
  /** Whether nothing waits any longer: the process is about to stop. */
  readonly isHurried: () => boolean;
}

/** A reason of our own spares the costly one that the platform would make for each abort. */
const noLonger = "no longer waited for";

/** The requests of one format, for one tenant, that wait for their group, in the order in which they came. */
export class Lane {
  private readonly options: LaneOptions;
  private readonly waiting: Entry[] = [];
  private bytes = 0;
  private items = 0;
  /** How many of those that wait need no company. */
  private passing = 0;
  /** Ends the wait for company. */
  private timer: AbortController | undefined;
  private due = false;
  private committing = 0;

  constructor(options: LaneOptions) {
    this.options = options;
  }

  add(entry: Entry): void {
    const { request } = entry;
    this.waiting.push(entry);
    this.bytes += request.bytes.length;
    this.items += request.items;
    if (this.passes(request)) this.passing++;
    this.pump();
    if (this.waiting.length > 0 && !this.timer && !this.due && !this.options.isHurried()) this.wait();
  }

  /** Commits full groups, and those whose time or end has come; then what needs no company; then, if nothing is under way, the rest. */
  pump(): void {
    const { maxBytes, maxItems, maxConcurrent, isHurried } = this.options;
    while (this.waiting.length > 0 && (isHurried() || this.committing < maxConcurrent)) {
      const isFull = this.bytes >= maxBytes || this.items >= maxItems;
      if (isFull || this.due || isHurried()) void this.commit(this.takeGroup());
      else if (this.passing > 0) void this.commit(this.takePassing());
      else if (this.committing === 0) void this.commit(this.takeGroup());
      else return;
    }
  }

  private async commit(entries: readonly Entry[]): Promise<void> {
    this.committing++;
    const answer = await this.options.run(entries);
    this.committing--;
    answer();
    this.pump();
  }

  private wait(): void {
    const timer = new AbortController();
    this.timer = timer;
    void this.options.clock.sleep(this.options.maxDelayMs, timer.signal).then(() => {
      if (this.timer !== timer) return;
      this.timer = undefined;
      this.due = true;
      this.pump();
    });
  }

  private stopWaiting(): void {
    this.timer?.abort(noLonger);
    this.timer = undefined;
  }

  /** The oldest requests, as many as fit the limits, at least one. */
  private takeGroup(): readonly Entry[] {
    const { maxBytes, maxItems, isHurried } = this.options;
    let groupBytes = 0;
    let groupItems = 0;
    let count = 0;
    for (const { request } of this.waiting) {
      if (count > 0 && (groupBytes + request.bytes.length > maxBytes || groupItems + request.items > maxItems)) break;
      groupBytes += request.bytes.length;
      groupItems += request.items;
      count++;
    }
    this.due = false;
    this.stopWaiting();
    const entries = this.remove(0, count);
    if (this.waiting.length > 0 && !isHurried()) this.wait();
    return entries;
  }

  private takePassing(): readonly Entry[] {
    const index = this.waiting.findIndex(({ request }) => this.passes(request));
    const entries = this.remove(index, 1);
    if (this.waiting.length === 0) this.stopWaiting();
    return entries;
  }

  private remove(index: number, count: number): readonly Entry[] {
    const entries = this.waiting.splice(index, count);
    for (const { request } of entries) {
      this.bytes -= request.bytes.length;
      this.items -= request.items;
      if (this.passes(request)) this.passing--;
    }
    return entries;
  }

  private passes({ gzip, bytes: { length } }: ReceivedRequest): boolean {
    return gzip !== undefined && length >= this.options.passBytes;
  }
}
