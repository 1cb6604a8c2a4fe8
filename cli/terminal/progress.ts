/** A line on standard error that shows how far long work is; nothing where that is not a terminal. */
export interface Progress {
  show(done: number, total: number): void;
  say(text: string): void;
  clear(): void;
}

const width = 30;
const intervalMs = 100;

/** Draws `label [####----] 12/40` over itself, ten times a second at most. */
export function createProgress(
  label: string,
  stream: Pick<NodeJS.WriteStream, "isTTY" | "write"> = process.stderr,
): Progress {
  let drawnAt = 0;
  let drawn = false;

  function draw(text: string, always: boolean): void {
    const now = performance.now();
    if (!stream.isTTY || (!always && now - drawnAt < intervalMs)) return;
    drawnAt = now;
    drawn = true;
    stream.write(`\r\u001b[K${text}`);
  }

  return {
    show(done, total) {
      const filled = total === 0 ? width : Math.floor((done / total) * width);
      draw(`${label} [${"#".repeat(filled)}${"-".repeat(width - filled)}] ${done}/${total}`, done === total);
    },
    say: (text) => draw(`${label}: ${text}`, true),
    clear() {
      if (drawn) stream.write("\r\u001b[K");
      drawn = false;
    },
  };
}
