import type { StageEntry, Ticket } from "./stages/stage.ts";

/** Settles `count` entries of a source. */
export function pass(ticket: Ticket, count: number): void {
  ticket.pending -= count;
  if (ticket.pending === 0) ticket.done();
}

/** How many entries each ticket has among those that are sent on together; neighbours mostly have the same one. */
export class TicketCounts {
  private readonly counts = new Map<Ticket, number>();
  private last: Ticket | undefined;
  private run = 0;

  add({ ticket, joined }: StageEntry): void {
    if (ticket !== this.last) this.turn(ticket);
    this.run += 1;
    if (joined.length > 0) for (const each of joined) this.count(each, 1);
  }

  /** Settles all of them when what they were sent with is durable, or fails them. */
  async follow(durable: Promise<void>): Promise<void> {
    this.turn(undefined);
    try {
      await durable;
    } catch (error) {
      for (const ticket of this.counts.keys()) ticket.fail(error);
      return;
    }
    for (const [ticket, count] of this.counts) pass(ticket, count);
  }

  private turn(ticket: Ticket | undefined): void {
    if (this.last !== undefined) this.count(this.last, this.run);
    this.last = ticket;
    this.run = 0;
  }

  private count(ticket: Ticket, count: number): void {
    this.counts.set(ticket, (this.counts.get(ticket) ?? 0) + count);
  }
}
