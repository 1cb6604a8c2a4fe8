import type { Accept } from "../shared/batch/accept.ts";
import { contentOf } from "../shared/batch/content.ts";
import { intakeName } from "../shared/config/destinations.ts";
import { errorText } from "../shared/error-text.ts";
import { decodeEnvelope } from "../shared/queue/envelope.ts";
import type { ReceivedMessage } from "../shared/queue/queue-reader.ts";
import { acceptRequest } from "../shared/receivers/accept-request.ts";
import type { Emit } from "../shared/telemetry/events/events.ts";

export interface TakeInOptions {
  /** The way into the queue, as for what senders send: through the pipeline where there is one. */
  readonly accept: Accept;
  readonly emit: Emit;
}

/** Takes in what was dead-lettered before it had a destination, and was replayed; the ids of the messages that must stay. Never rejects. */
export type TakeIn = (messages: readonly ReceivedMessage[], abort?: AbortSignal) => Promise<readonly string[]>;

/** Whether a message is for the intake: its first line names no destination of anybody. */
export function isForIntake({ body }: ReceivedMessage): boolean {
  return typeof body === "string" && body.slice(0, body.indexOf("\n")).includes(`"destination":"${intakeName}"`);
}

/** Takes replayed records in through `accept`. */
export function createTakeIn({ accept, emit }: TakeInOptions): TakeIn {
  async function take({ body }: ReceivedMessage, abort: AbortSignal | undefined): Promise<boolean> {
    const decoded = decodeEnvelope(body);
    const bytes = decoded.kind === "batch" ? await contentOf(decoded.batch) : undefined;
    if (decoded.kind !== "batch" || !bytes) return false;
    const { format, items } = decoded.batch;
    const acceptance = await acceptRequest({ format, items, bytes }, { accept, emit, transport: "replay", abort });
    return acceptance.kind === "accepted";
  }

  return async function takeIn(messages, abort) {
    const staying: string[] = [];
    for (const message of messages) {
      try {
        if (!(await take(message, abort))) staying.push(message.id);
      } catch (error) {
        emit("code.crashed", { where: "take-in", error: errorText(error) });
        staying.push(message.id);
      }
    }
    return staying;
  };
}
