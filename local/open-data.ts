import { errorText } from "../shared/error-text.ts";
import { type DirectoryLock, lockDirectory } from "../shared/node/directory-lock.ts";
import { systemClock } from "../shared/node/system-clock.ts";
import { type EmbeddedSqs, startEmbeddedSqs } from "./embedded-sqs.ts";

const lockWaitMs = 2000;

/** Takes the data directory for this process and starts the queue in it. Throws a sentence for a person where that cannot be. */
export async function openData(dataDir: string): Promise<{ lock: DirectoryLock; sqs: EmbeddedSqs }> {
  try {
    const lock = await lockSoon(dataDir);
    if (lock) return { lock, sqs: await startEmbeddedSqs({ dataDir }) };
  } catch (error) {
    const why = errorText(error);
    throw new Error(`The data directory ${dataDir} cannot be used (${why}): set SLUICE_DATA_DIR to another one.`);
  }
  const advice = "stop that one, or set SLUICE_DATA_DIR to another directory";
  throw new Error(`The data directory ${dataDir} is in use by another instance: ${advice}.`);
}

/** An instance that is just stopping gets a moment to do so. */
async function lockSoon(directory: string): Promise<DirectoryLock | undefined> {
  const until = performance.now() + lockWaitMs;
  for (;;) {
    const lock = lockDirectory(directory);
    if (lock || performance.now() > until) return lock;
    await systemClock.sleep(100);
  }
}
