import { systemClock } from "../../../shared/node/system-clock.ts";
import { type SampleDeadLetter, sampleDeadLetter } from "../dead-letters/sample-dead-letters.ts";
import { openStand } from "../disk/stand.ts";

/** A storage path that holds dead letters, for a daemon to be started on. */
export async function storedDeadLetters(letters: readonly SampleDeadLetter[]): Promise<string> {
  const { storage, path } = await openStand({ clock: systemClock, monotonic: () => performance.now() });
  await storage.queue("grafana-cloud");
  const queue = await storage.queue("dead-letters");
  for (let at = 0; at < letters.length; at += 500) {
    const sent = await queue.send(await Promise.all(letters.slice(at, at + 500).map(sampleDeadLetter)));
    if (sent.kind === "failed") throw new Error(sent.reason);
  }
  await storage.close();
  return path;
}
