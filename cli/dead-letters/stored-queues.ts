import { existsSync } from "node:fs";
import { join } from "node:path";
import { fromEnvironment, resolve } from "../../shared/config/resolve.ts";
import { errorText } from "../../shared/error-text.ts";
import { deadLettersName } from "../../shared/node/disk-queue/control.ts";
import { connectStorage } from "../../shared/node/disk-queue/control-client.ts";
import { openStorage } from "../../shared/node/disk-queue/storage.ts";
import { createStoredQueue } from "../../shared/node/disk-queue/stored-queue.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import type { DeadLetterQueues } from "./dead-letter-queues.ts";

export type OpenedQueues = Pick<DeadLetterQueues, "reader" | "queue" | "close"> | { readonly problem: string };

/** The dead letters in a storage path: of the daemon that has it, or of nobody, and then in the files themselves. */
export async function openStoredQueues(
  given: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenedQueues> {
  // A daemon that runs a config.alloy has more than queues in its storage path.
  const path = [given, join(given, "queues")].find((each) => existsSync(join(each, "lock.db")));
  if (path === undefined) return { problem: `${given} is not a storage path of Sluice.` };
  const resolved = resolve(fromEnvironment(env));
  if (resolved.kind === "invalid") return { problem: resolved.problems.map(({ message }) => message).join(" ") };
  const { storageMaxBytes: maxBytes, storageMaxAge: maxAgeMs } = resolved.config;
  const opened = await openStorage({ path, maxBytes, maxAgeMs, clock, emit: () => {} });
  if (opened.kind === "failed") return opened.isInUse ? ask(path) : { problem: `${opened.problem}.` };
  const { storage } = opened;
  try {
    const reader = await storage.queue(deadLettersName);
    return { reader, queue: createStoredQueue(storage), close: () => void storage.close() };
  } catch (error) {
    await storage.close();
    return { problem: `${errorText(error)}.` };
  }
}

async function ask(path: string): Promise<OpenedQueues> {
  const client = connectStorage(path);
  try {
    await client.names();
    return { reader: client.reader(deadLettersName), queue: client.queue, close: () => {} };
  } catch (error) {
    const reason = errorText(error);
    return { problem: `${path} is in use by a process that does not answer: ${reason}.` };
  }
}
