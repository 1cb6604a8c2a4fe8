import type { ShownDeadLetters } from "../../../shared/dead-letters/show.ts";
import { post } from "../ask.ts";
import { counted } from "../format.ts";

const portion = 50;

/** Saves letters as JSON lines, `{…facts, content}`; answers with what was saved. */
export async function download(ids: readonly string[], onProgress: (text: string) => void): Promise<string> {
  const lines: string[] = [];
  for (let at = 0; at < ids.length; at += portion) {
    onProgress(`Reading ${at} of ${ids.length}…`);
    const { letters, contents } = await post<ShownDeadLetters>("dead-letters/show", {
      ids: ids.slice(at, at + portion),
    });
    for (const { outcome: _, ...letter } of letters) lines.push(JSON.stringify({ ...letter, ...contents[letter.id] }));
  }
  const address = URL.createObjectURL(
    new Blob([lines.map((line) => `${line}\n`).join("")], { type: "application/x-ndjson" }),
  );
  const link = document.createElement("a");
  link.href = address;
  link.download = `dead-letters-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.jsonl`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return `Saved ${counted(lines.length, "letter")}.`;
}
