import { type Passing, passingMark, readPassing } from "../../../shared/readable/passing.ts";

/** Follows what passes a component until `abort`; rejects with a sentence where it cannot. */
export async function follow(
  id: string,
  share: number,
  { abort, onPassing }: { readonly abort: AbortSignal; readonly onPassing: (all: readonly Passing[]) => void },
): Promise<void> {
  const answer = await fetch(`api/v0/web/debug/${encodeURIComponent(id)}?sampleProb=${share}`, { signal: abort });
  if (!answer.ok || !answer.body)
    throw new Error((await answer.text()).trim() || `${answer.status} ${answer.statusText}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value = "" } = await reader.read();
    if (done) return;
    const texts = (rest + value).split(passingMark);
    rest = texts.pop() ?? "";
    if (texts.length > 0) onPassing(texts.map(readPassing));
  }
}
