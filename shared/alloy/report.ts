import { type Diagnostic, placeText } from "./diagnostic.ts";
import type { Position, Source } from "./source.ts";
import { textOfBytes } from "./text.ts";

const tab = "    ";

export interface ReportOptions {
  /** Sources by name, for the lines around what is wrong. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Colours, for a terminal. */
  readonly color?: boolean;
}

/** Diagnostics as Alloy prints them: the message with its place, the offending lines underlined, one line of context around them. */
export function reportDiagnostics(
  diagnostics: readonly Diagnostic[],
  { sources, color = false }: ReportOptions,
): string {
  return diagnostics.map((each) => reportOne(each, { sources, color })).join("\n");
}

function reportOne(diagnostic: Diagnostic, options: Required<ReportOptions>): string {
  const { hint } = diagnostic;
  const told = withoutHint(diagnostic, options);
  return hint === undefined ? told : `${told}Hint: ${hint}\n`;
}

function withoutHint({ severity, message, start, end = start }: Diagnostic, options: Required<ReportOptions>): string {
  const word = severity === "error" ? "Error: " : "Warning: ";
  const told = `${placeText(start)}: ${message}`;
  const red = severity === "error" ? 31 : 33;
  const head = options.color ? `\u001b[${red};1m${word}\u001b[0m\u001b[1m${told}\u001b[0m\n` : `${word}${told}\n`;
  const source = start && options.sources.get(start.file);
  if (!source || !start || !end || end.file !== start.file) return head;
  return `${head}\n${excerpt(source, start, end)}`;
}

function excerpt(source: Source, start: Position, end: Position): string {
  const lines = linesOf(source, start.line - 1, end.line + 1);
  const width = String(lines.at(-1)?.number ?? 1).length;
  const several = end.line > start.line;
  let drawn = "";
  for (const { number, text } of lines) {
    const inside = several && number > start.line && number <= end.line;
    const bar = several ? (inside ? "| " : "  ") : "";
    drawn += `${String(number).padStart(width)} | ${bar}${shown(text)}\n`;
    if (number !== start.line && !(several && number === end.line)) continue;
    const margin = several ? (number === start.line ? " |  _" : " | |_") : " | ";
    drawn += `${" ".repeat(width)}${margin}${underline(text, { number, start, end })}\n`;
  }
  return drawn;
}

function linesOf(source: Source, first: number, last: number) {
  const all = textOfBytes(source.bytes).split("\n");
  const from = Math.max(first, 1);
  return all.slice(from - 1, last).map((text, index) => ({ number: from + index, text }));
}

function shown(text: string): string {
  return text.replaceAll("\r", "").replace(/[\t\v]/g, tab);
}

function underline(
  text: string,
  { number, start, end }: { readonly number: number; readonly start: Position; readonly end: Position },
): string {
  const blank = end.line > start.line ? "_" : " ";
  let drawn = "";
  let column = 1;
  for (const character of text) {
    if (number === end.line && column > end.column) break;
    const offending = number === start.line ? column >= start.column : column <= end.column;
    drawn += character === "\t" || character === "\v" ? blank.repeat(tab.length) : offending ? "^" : blank;
    column += byteLength(character);
  }
  return drawn;
}

function byteLength(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
