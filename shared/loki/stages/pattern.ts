import { attribute, required, table } from "../../alloy/arguments.ts";
import { optional } from "../../alloy/composite-types.ts";
import { bool } from "../../alloy/plain-types.ts";
import { string } from "../../alloy/text-types.ts";
import { withLabel } from "../labels.ts";
import { checkSource } from "./compile.ts";
import { changing, InvalidStage, sourceText, stageKind } from "./stage.ts";

const args = table({
  pattern: required(string),
  source: attribute(optional(string), { help: "Value to match instead of the line." }),
  labels_from_groups: attribute(bool),
});

/** `stage.pattern`: values out of a line by LogQL's patterns, `<name>` between literal texts. */
export const pattern = stageKind(args, ({ pattern: text, source, labels_from_groups: asLabels }) => {
  if (text === "") throw new InvalidStage("pattern is required");
  checkSource(source);
  const parts = parse(text);
  return changing((entry) => {
    const input = sourceText(entry, source);
    if (input === undefined || input === "") return;
    for (const [name, value] of matches(parts, input)) {
      entry.values.set(name, value);
      if (asLabels) entry.labels = withLabel(entry.labels, name, value);
    }
  });
});

/** A literal text, or the name of a capture: `_` for one that nobody wants. */
type Part = { readonly literal: string } | { readonly capture: string };

function parse(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  const names = new Set<string>();
  let at = 0;
  for (const found of pattern.matchAll(/<([A-Za-z_][A-Za-z0-9_]*)>/g)) {
    if (found.index > at) parts.push({ literal: pattern.slice(at, found.index) });
    const name = found[1] ?? "";
    const before = parts.at(-1);
    if (before && "capture" in before)
      throw invalid(`found consecutive capture '<${before.capture}><${name}>': invalid expression`);
    if (name !== "_" && names.has(name)) throw invalid(`duplicate capture name (${name}): invalid expression`);
    names.add(name);
    parts.push({ capture: name });
    at = found.index + found[0].length;
  }
  if (at < pattern.length) parts.push({ literal: pattern.slice(at) });
  names.delete("_");
  if (names.size === 0) throw invalid("at least one capture is required");
  return parts;
}

function invalid(reason: string): InvalidStage {
  return new InvalidStage(`failed to parse pattern: ${reason}`);
}

/** A text that is missing ends the match; the capture in front of it takes the rest. */
function* matches(parts: readonly Part[], input: string): Generator<[string, string]> {
  let at = 0;
  let open: string | undefined;
  for (const part of parts) {
    if ("capture" in part) {
      open = part.capture;
      continue;
    }
    const found = open === undefined ? (input.startsWith(part.literal) ? 0 : -1) : input.indexOf(part.literal, at);
    if (found < 0 && open === undefined) return;
    if (found < 0) break;
    if (open !== undefined && open !== "_") yield [open, input.slice(at, found)];
    open = undefined;
    at = found + part.literal.length;
  }
  if (open !== undefined && open !== "_") yield [open, input.slice(at)];
}
