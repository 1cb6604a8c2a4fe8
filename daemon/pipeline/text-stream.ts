/** Texts for a client that reads at its own pace. */
export interface TextStream {
  push(text: string): void;
  /** The texts, each with the mark behind it; ends with `abort`. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Ends a text; Alloy's mark. */
const mark = "|;|";

/** Keeps at most `maxWaiting` texts for a slow client; it learns how many were left out. */
export function createTextStream(maxWaiting: number, abort: AbortSignal): TextStream {
  let waiting: string[] = [];
  let leftOut = 0;
  let wake = () => {};
  abort.addEventListener("abort", () => wake(), { once: true });

  return {
    push(text) {
      if (waiting.length >= maxWaiting) leftOut++;
      else waiting.push(text);
      wake();
    },
    chunks: chunks(),
  };

  async function* chunks(): AsyncGenerator<Uint8Array> {
    while (!abort.aborted) {
      const texts = waiting;
      waiting = [];
      if (leftOut > 0) texts.push(`${leftOut} more were left out: they came faster than they were read`);
      leftOut = 0;
      if (texts.length > 0) yield Buffer.from(texts.map((text) => text.replaceAll(mark, "| ; |") + mark).join(""));
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
}
