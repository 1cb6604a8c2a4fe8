import { statfs } from "node:fs/promises";
import { errorText } from "../../error-text.ts";
import type { UsageAnswer } from "../../prometheus/unix/host.ts";

/**
 * statfs(2) of mount points below a root. A mount that does not answer in time holds a thread until it does, so it is
 * not asked again before then: its answer is "mountpoint timeout".
 */
export function createUsage(root: string): (mountPoint: string, timeoutMs: number) => Promise<UsageAnswer> {
  const stuck = new Set<string>();
  const late: UsageAnswer = { kind: "failed", reason: "mountpoint timeout" };

  return async (mountPoint, timeoutMs) => {
    if (stuck.has(mountPoint)) return late;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<UsageAnswer>((resolve) => {
      timer = setTimeout(() => {
        stuck.add(mountPoint);
        resolve(late);
      }, timeoutMs);
    });
    const answer = ask(`${root}${mountPoint}` || "/").then((answered) => {
      clearTimeout(timer);
      stuck.delete(mountPoint);
      return answered;
    });
    return Promise.race([answer, timeout]);
  };
}

async function ask(path: string): Promise<UsageAnswer> {
  try {
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
    const usage = {
      size: blocks * bsize,
      free: bfree * bsize,
      available: bavail * bsize,
      files,
      filesFree: ffree,
    };
    return { kind: "usage", usage };
  } catch (error) {
    // "EACCES: permission denied, statfs '/x'": the label carries the words of the system alone.
    const message = errorText(error);
    return { kind: "failed", reason: /^[A-Z0-9]+: ([^,]+),/.exec(message)?.[1] ?? message };
  }
}
