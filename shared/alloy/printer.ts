import type { Comment } from "./ast.ts";
import { TabWriter } from "./tab-writer.ts";
import type { TokenKind } from "./token.ts";

/** What is due before the next token: blanks, the start of a column, line breaks (`feed` ends columns), a change of indentation. */
export type Space = "blank" | "column" | "newline" | "feed" | "indent" | "unindent" | "ignore";

/** A place in the source. */
export interface Place {
  readonly offset: number;
  readonly line: number;
}

const maxNewlines = 2;
const noPlace: Place = { offset: 0, line: 0 };
/** Behind everything. */
const end: Place = { offset: Number.MAX_SAFE_INTEGER, line: Number.MAX_SAFE_INTEGER };

/**
 * Writes tokens with the blanks between them, and puts in each comment where the source has it. Comments decide by the place in the source
 * that the next token has, or is estimated to have.
 */
export class Printer {
  private readonly writer = new TabWriter();
  private readonly comments: readonly (readonly Comment[])[];
  private readonly placeOf: (offset: number) => Place;
  private nextComment = 0;
  private spaces: Space[] = [];
  private indentation = 0;
  private lastToken: TokenKind | undefined;
  /** Estimated place in the source of what is written next. */
  private place: Place = { offset: 0, line: 1 };
  /** Place of the end of what was written last. */
  private last = noPlace;
  private atLineStart = true;
  private written = false;

  constructor(comments: readonly (readonly Comment[])[], placeOf: (offset: number) => Place) {
    this.comments = comments.filter((group) => group.length > 0);
    this.placeOf = placeOf;
  }

  /** The next token stands at `offset`. */
  at(offset: number): void {
    this.place = this.placeOf(offset);
  }

  space(...spaces: readonly Space[]): void {
    this.spaces.push(...spaces);
    this.lastToken = undefined;
  }

  /** Writes a token; `text` is that of a name or literal. */
  token(kind: TokenKind, text: string = kind): void {
    const joins =
      (this.lastToken === "NUMBER" && text.startsWith(".")) || (this.lastToken === "/" && text.startsWith("*"));
    if (joins) this.spaces = ["blank"];
    this.lastToken = kind;
    const next = this.place;
    if (this.commentBefore(next)) this.writeComments(next, false);
    else this.writeSpaces(this.spaces.length);
    this.write(text, { place: next, literal: false });
  }

  /** Writes the comments that are left, and gives the whole text, without a line break at its end. */
  finish(): string {
    if (this.commentBefore(end)) this.writeComments(end, true);
    return this.writer.finish();
  }

  private commentBefore({ offset }: Place): boolean {
    const first = this.comments[this.nextComment]?.[0];
    return first !== undefined && first.start <= offset;
  }

  private writeComments(next: Place, atEnd: boolean): void {
    let last: Comment | undefined;
    while (this.commentBefore(next)) {
      for (const comment of this.comments[this.nextComment] ?? []) {
        const place = this.placeOf(comment.start);
        this.spaceBeforeComment(next, place);
        this.write(comment.text, { place, literal: true });
        last = comment;
      }
      this.nextComment++;
    }
    if (last && !atEnd) this.spaceAfterComment(next, last);
  }

  private spaceBeforeComment(next: Place, comment: Place): void {
    if (!this.written) return;
    if (comment.line === this.last.line) {
      this.writeSpace(comment.line === next.line ? "blank" : "tab", 1);
      return;
    }
    const index = this.spaces.findIndex((space) => space !== "indent" && space !== "unindent");
    if (index >= 0) this.spaces[index] = "ignore";
    this.writeSpaces(Math.max(index, 0));
    if (this.last.line > 0 && comment.line > this.last.line) this.writeSpace("feed", comment.line - this.last.line);
  }

  private spaceAfterComment(next: Place, { text, end: lastByte }: Comment): void {
    if (text.startsWith("/*") && next.line === this.placeOf(lastByte).line) this.writeSpace("blank", 1);
    const newlines = next.line - this.last.line;
    const dropped = this.spaces.includes("feed");
    this.spaces = this.spaces.filter((space) => space === "indent" || space === "unindent");
    this.writeSpaces(this.spaces.length);
    if (newlines > 0) this.writeSpace(dropped ? "feed" : "newline", newlines);
  }

  /** Writes the first spaces that are due. */
  private writeSpaces(count: number): void {
    for (const space of this.spaces.splice(0, count)) {
      if (space === "indent") this.indentation++;
      else if (space === "unindent") this.indentation--;
      else if (space !== "ignore") this.writeSpace(space, 1);
    }
  }

  private writeSpace(space: "blank" | "column" | "tab" | "newline" | "feed", count: number): void {
    this.indentLine();
    const isBreak = space === "newline" || space === "feed";
    const times = isBreak ? Math.min(count, maxNewlines) : count;
    for (let index = 0; index < times; index++) {
      if (isBreak) this.writer.line(space === "feed");
      else if (space === "blank") this.writer.write(" ", false);
      else this.writer.cell(space === "tab");
    }
    const { offset, line } = this.place;
    this.place = { offset: offset + times, line: isBreak ? line + times : line };
    this.atLineStart = isBreak;
    this.written = true;
  }

  private write(text: string, { place, literal }: { readonly place: Place; readonly literal: boolean }): void {
    this.indentLine();
    const lines = text.split("\n");
    if (literal) this.writer.write(text, true);
    else {
      for (const [index, line] of lines.entries()) {
        if (index > 0) this.writer.line(false);
        this.writer.write(line, lines.length > 1);
      }
    }
    const bytes = new TextEncoder().encode(text).length;
    this.place = { offset: place.offset + bytes, line: place.line + lines.length - 1 };
    this.last = this.place;
    this.atLineStart = false;
    this.written = true;
  }

  private indentLine(): void {
    if (!this.atLineStart) return;
    for (let level = 0; level < this.indentation; level++) this.writer.cell(true);
    const { offset, line } = this.place;
    this.place = { offset: offset + this.indentation, line };
    this.atLineStart = false;
  }
}
