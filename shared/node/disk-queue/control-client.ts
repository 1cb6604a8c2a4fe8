import { request } from "node:http";
import { errorText } from "../../error-text.ts";
import type { Queue, SendOutcome } from "../../queue/queue.ts";
import type { Handled, QueueReader, QueueStatus, Received } from "../../queue/queue-reader.ts";
import { type ControlCalls, controlSocket, fromWire, toWire, type WireBody } from "./control.ts";

/** The queues of a storage that another process has, over its socket. */
export interface StorageClient {
  /** Names of its queues. Rejects where nobody answers. */
  names(): Promise<readonly string[]>;
  reader(queue: string): QueueReader;
  /** Sends batches to the queues of their destinations. */
  readonly queue: Queue;
}

const timeoutMs = 30_000;
/** So that a request stays small: bodies of up to 1 MiB. */
const maxSent = 8;

/** Asks for one thing and answers with what came of it; rejects where nobody answers, and with what was refused. */
export type ControlCall = (verb: keyof ControlCalls, asked: unknown) => Promise<unknown>;

/** Over the socket in the storage path. Nothing is connected before the first call. */
export function connectStorage(path: string): StorageClient {
  const socketPath = controlSocket(path);
  return createStorageClient((verb, asked) => {
    return new Promise((resolve, reject) => {
      const asking = request({ socketPath, path: `/${verb}`, method: "POST", timeout: timeoutMs }, async (answer) => {
        try {
          const chunks: Buffer[] = [];
          for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
          const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
          if (answer.statusCode === 200) resolve(value);
          else reject(new Error(String(value)));
        } catch (error) {
          reject(error);
        }
      });
      asking.once("timeout", () => asking.destroy(new Error("the process that has the storage path does not answer")));
      asking.once("error", reject);
      asking.end(JSON.stringify(asked));
    });
  });
}

/** The same over any way of asking. */
export function createStorageClient(ask: ControlCall): StorageClient {
  async function call<Verb extends keyof ControlCalls, Result>(verb: Verb, asked: ControlCalls[Verb]): Promise<Result> {
    return (await ask(verb, asked)) as Result;
  }

  async function handled(handles: readonly string[], calling: Promise<Wired>): Promise<Handled> {
    try {
      const { failed, reason } = await calling;
      return { failed: new Set(failed), ...(reason !== undefined && { reason }) };
    } catch (error) {
      return { failed: new Set(handles), reason: errorText(error) };
    }
  }

  return {
    names: () => call("names", {}),
    reader: (queue) => ({
      async receive({ maxMessages, leaseSeconds, waitSeconds = 0 }) {
        try {
          const asked = { queue, maxMessages, leaseSeconds, waitSeconds };
          const received = await call<"receive", WiredReceived>("receive", asked);
          if (received.kind === "failed") return received;
          return { ...received, messages: received.messages.map((each) => ({ ...each, body: fromWire(each.body) })) };
        } catch (error) {
          return { kind: "failed", reason: errorText(error) };
        }
      },
      changeVisibility(changes) {
        const handles = changes.map(({ receiptHandle }) => receiptHandle);
        return handled(handles, call("change-visibility", { queue, changes }));
      },
      delete: (receiptHandles) => handled(receiptHandles, call("delete", { queue, receiptHandles })),
      async status(): Promise<QueueStatus> {
        try {
          return await call("status", { queue });
        } catch (error) {
          return { kind: "failed", reason: errorText(error) };
        }
      },
    }),
    queue: {
      async send(bodies): Promise<SendOutcome> {
        const unsent: number[] = [];
        let reason = "";
        for (let at = 0; at < bodies.length; at += maxSent) {
          const part = bodies.slice(at, at + maxSent);
          const all = [...part.keys()];
          const sent: SendOutcome = await call<"send", SendOutcome>("send", { bodies: part.map(toWire) }).catch(
            (error: unknown) => ({ kind: "failed", reason: errorText(error), unsent: all }),
          );
          if (sent.kind === "sent") continue;
          reason = sent.reason;
          unsent.push(...sent.unsent.map((index) => at + index));
        }
        return unsent.length === 0 ? { kind: "sent" } : { kind: "failed", reason, unsent };
      },
    },
  };
}

type Wired = { readonly failed: readonly string[]; readonly reason?: string };
type WiredMessages = Extract<Received, { readonly kind: "received" }>["messages"];
type WiredReceived =
  | Extract<Received, { readonly kind: "failed" }>
  | {
      readonly kind: "received";
      readonly messages: readonly (Omit<WiredMessages[number], "body"> & { readonly body: WireBody })[];
    };
