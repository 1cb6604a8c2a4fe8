import type { Expression, File } from "./ast.ts";
import { parseFile } from "./parse.ts";
import { Printer } from "./printer.ts";
import { createSource, type Source } from "./source.ts";
import { TreePrinter } from "./tree-printer.ts";

const maxRounds = 6;

/**
 * A file as `alloy fmt` prints it, comments in place, ending in one newline. Where Alloy's formatter would change its own output once
 * more, this is what it comes to in the end: formatting twice changes nothing.
 */
export function printFile(file: File): string {
  let printed = printOnce(file);
  for (let round = 1; round < maxRounds; round++) {
    const parsed = parseFile(createSource(file.source.name, printed));
    const again = parsed.kind === "parsed" ? printOnce(parsed.tree) : printed;
    if (again === printed) break;
    printed = again;
  }
  return printed;
}

function printOnce({ source, body, comments }: File): string {
  const place = (offset: number) => ({ offset, line: source.position(offset).line });
  const printer = new Printer(comments, place);
  new TreePrinter(printer, (offset) => place(offset).line).statements(body);
  return `${printer.finish()}\n`;
}

/** An expression as messages show it: as `printFile` would print it, line breaks included. */
export function printExpression(expression: Expression, source: Source): string {
  const place = (offset: number) => ({ offset, line: source.position(offset).line });
  const printer = new Printer([], place);
  new TreePrinter(printer, (offset) => place(offset).line).expression(expression);
  return printer.finish();
}
