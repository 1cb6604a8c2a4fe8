import type { VirtualTime } from "./virtual-time.ts";

/** What happened, in order, so that a failing seed can be told in ten lines. */
export interface Story {
  /** `about`: ids of records, names of lanes or processes that it concerns; without them it concerns everything. */
  tell(text: string, about?: readonly (string | number)[]): void;
  /** At most `maxLines` lines that concern one of `about`: how it began and how it ended. */
  excerpt(about: readonly (string | number)[], maxLines: number): readonly string[];
  readonly lines: readonly string[];
}

const maxKept = 20_000;

/** An empty story. */
export function createStory(time: Pick<VirtualTime, "elapsed">): Story {
  const told: { readonly line: string; readonly about: ReadonlySet<string | number> }[] = [];

  return {
    tell(text, about = []) {
      if (told.length < maxKept) told.push({ line: `${clockOf(time.elapsed())} ${text}`, about: new Set(about) });
    },
    excerpt(about, maxLines) {
      const concerned = told.filter((each) => about.length === 0 || about.some((one) => each.about.has(one)));
      const lines = concerned.map(({ line }) => line);
      if (lines.length <= maxLines) return lines;
      const head = Math.floor(maxLines / 3);
      const left = lines.length - maxLines + 1;
      return [...lines.slice(0, head), `… ${left} more`, ...lines.slice(lines.length - (maxLines - head - 1))];
    },
    get lines() {
      return told.map(({ line }) => line);
    },
  };
}

function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${String(minutes).padStart(3)}:${String(seconds % 60).padStart(2, "0")}.${String(Math.floor(ms % 1000)).padStart(3, "0")}`;
}
