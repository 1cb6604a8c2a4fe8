import { signalNames } from "../signal.ts";
import { endCutJson } from "./cut-json.ts";
import { readableLines } from "./readable.ts";

/** Ends a text of the stream of what passes a component. */
export const passingMark = "|;|";

/** What passes a component, read: which way it goes, the component at the other end, and a line for each item. */
export interface Passing {
  readonly way: "in" | "out" | "note";
  /** Empty where it is not handed to a component. */
  readonly peer: string;
  readonly lines: readonly string[];
}

/** Reads a text of the stream `/api/v0/web/debug/<id>`: telemetry of OTLP becomes a line for each item, others stay as they are. */
export function readPassing(text: string): Passing {
  const [, direction = "", peer = "", rest = ""] = /^\[(IN|OUT)\](?: (?:from|to) (\S+))?: ([\s\S]*)$/.exec(text) ?? [];
  if (direction === "") return { way: "note", peer: "", lines: [text] };
  return { way: direction === "IN" ? "in" : "out", peer, lines: linesOf(rest) };
}

function linesOf(text: string): readonly string[] {
  const [, named = "", items = "", content = ""] =
    /^(\w+), items: (\d+), bytes: \d+, content: ([\s\S]*)$/.exec(text) ?? [];
  const signal = signalNames.find((name) => name === named);
  if (!signal) return [text];
  // Long requests are cut on the way.
  const isCut = content.endsWith("…");
  const json = isCut ? endCutJson(content) : content;
  try {
    const lines = json === undefined ? [] : readableLines(JSON.parse(json) as object, signal);
    if (lines.length === 0) return [text];
    return isCut ? [...lines, `…of ${items} items in all`] : lines;
  } catch {
    return [text];
  }
}
