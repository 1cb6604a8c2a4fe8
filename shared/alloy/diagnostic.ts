import type { Position } from "./source.ts";

/** Something to tell about a source. A parse error has a start only; `end` is the last byte that it is about. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly start?: Position;
  readonly end?: Position;
  /** What to do about it, as a sentence. */
  readonly hint?: string;
  /** The name that it is about, where the message does not say it. */
  readonly subject?: string;
}

/** `config.alloy:3:15`, or `-` where there is no position. */
export function placeText(position: Position | undefined): string {
  return position === undefined ? "-" : `${position.file}:${position.line}:${position.column}`;
}
