import type { SignalName } from "../signal.ts";
import type { DeadLetterSummary, ReasonClass } from "./dead-letter.ts";

/** Which letters are meant; what is absent leaves nothing out. Times are milliseconds since the epoch, of the parking. */
export interface Selection {
  readonly signal?: SignalName;
  /** One of the services in the letter. */
  readonly service?: string;
  readonly reason?: ReasonClass;
  readonly sinceAt?: number;
  /** Before this. */
  readonly untilAt?: number;
  readonly ids?: ReadonlySet<string>;
}

/** Whether the selection means this letter. */
export function selects(selection: Selection, letter: DeadLetterSummary): boolean {
  const { signal, service, reason, sinceAt, untilAt, ids } = selection;
  return (
    (signal === undefined || letter.signal === signal) &&
    (service === undefined || letter.services.includes(service)) &&
    (reason === undefined || letter.reason === reason) &&
    (sinceAt === undefined || letter.deadLetteredAt >= sinceAt) &&
    (untilAt === undefined || letter.deadLetteredAt < untilAt) &&
    (ids === undefined || ids.has(letter.id))
  );
}
