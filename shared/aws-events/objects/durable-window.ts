import type { Accept, Acceptance } from "../../batch/accept.ts";
import { type Clock, monotonic } from "../../clock.ts";
import type { Position } from "./notice.ts";
import type { ObjectRequest } from "./object-requests.ts";

export interface DurableWindowOptions {
  readonly accept: Accept;
  readonly clock: Clock;
  /** Requests that may be on their way at a time. */
  readonly size: number;
  /** By `monotonic`: what is not accepted by then is given up. */
  readonly deadlineAt: number;
}

/** A range of an object that will never be accepted, and why. */
export interface RefusedRange {
  readonly position: Position;
  readonly reason: string;
}

/** Makes the requests of one object durable, in their order as far as its position is concerned. */
export class DurableWindow {
  private readonly options: DurableWindowOptions;
  private readonly pending: { readonly request: ObjectRequest; readonly answer: Promise<Acceptance> }[] = [];
  /** All before it is durable. */
  position: Position;
  /** Why nothing more is taken; undefined while all goes well. */
  problem: string | undefined;
  records = 0;
  unrecognised = 0;
  readonly refused: RefusedRange[] = [];

  constructor(from: Position, options: DurableWindowOptions) {
    this.position = from;
    this.options = options;
  }

  /** Takes a request, once there is room for it in the window. Whether more may come. */
  async add(request: ObjectRequest): Promise<boolean> {
    this.pending.push({ request, answer: this.accepted(request) });
    while (this.pending.length > this.options.size - 1 && this.problem === undefined) await this.settleFirst();
    return this.problem === undefined;
  }

  /** Waits for all that is on its way. Whether all of it is durable. */
  async drain(): Promise<boolean> {
    while (this.pending.length > 0) await this.settleFirst();
    return this.problem === undefined;
  }

  private async settleFirst(): Promise<void> {
    const first = this.pending.shift();
    if (first === undefined) return;
    const answer = await first.answer;
    // What comes behind a gap is read again with it.
    if (this.problem !== undefined) return;
    if (answer.kind === "unavailable") {
      this.problem = answer.reason;
      return;
    }
    const { request } = first;
    const { rejected } = answer;
    this.position = request.to;
    this.records += request.items - (rejected?.items ?? 0);
    this.unrecognised += request.unrecognised;
    for (const position of request.tooLarge) {
      const bytes = (position.until ?? position.offset) - position.offset;
      this.refused.push({ position, reason: `a line of ${bytes} bytes is larger than the limit` });
    }
    if (rejected) {
      const position = { ...request.from, until: request.to.offset };
      this.refused.push({ position, reason: `${rejected.items} records were not accepted: ${rejected.message}` });
    }
  }

  /** Asks again where it is worth it until the time is over. Never rejects. */
  private async accepted({ bytes, items }: ObjectRequest): Promise<Acceptance> {
    const { accept, clock, deadlineAt } = this.options;
    if (items === 0) return { kind: "accepted" };
    for (;;) {
      const answer = await accept({ format: "otlp/logs", items, bytes });
      if (answer.kind === "accepted") return answer;
      const again = monotonic(clock) + answer.retryAfterMs;
      if (again >= deadlineAt || this.problem !== undefined) return answer;
      await clock.sleep(answer.retryAfterMs);
    }
  }
}
