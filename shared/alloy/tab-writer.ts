const tabWidth = 8;
const padding = 1;

interface Cell {
  readonly text: string;
  /** In characters. */
  readonly width: number;
  /** Ended by a tab: its column stays even when it is empty. */
  readonly hard: boolean;
  /** Characters up to which blanks at its end are kept. */
  readonly kept: number;
}

/**
 * Aligns cells in columns with elastic tab stops, as Go's `text/tabwriter` does: adjacent lines that have a column make it as
 * wide as its widest cell. Blanks at the end of a line are dropped.
 */
export class TabWriter {
  private lines: Cell[][] = [[]];
  private text = "";
  private kept = 0;
  private readonly widths: number[] = [];
  private readonly output: string[] = [];

  /** Adds to the current cell; `literal` text keeps its blanks at the end of a line. */
  write(text: string, literal: boolean): void {
    this.text += text;
    if (literal) this.kept = this.text.length;
  }

  /** Ends the current cell. */
  cell(hard: boolean): void {
    const { text, kept } = this;
    this.lines.at(-1)?.push({ text, width: [...text].length, hard, kept });
    this.text = "";
    this.kept = 0;
  }

  /** Ends the current line; `flush` ends all columns with it. */
  line(flush: boolean): void {
    this.cell(false);
    const single = this.lines.at(-1)?.length === 1;
    this.lines.push([]);
    if (flush || single) this.flush();
  }

  /** Ends the text and gives all of it. */
  finish(): string {
    if (this.text !== "") this.cell(false);
    this.flush();
    return this.output.join("");
  }

  private flush(): void {
    this.format(0, this.lines.length);
    this.lines = [[]];
  }

  private format(first: number, end: number): void {
    const column = this.widths.length;
    let unprinted = first;
    for (let index = first; index < end; index++) {
      if (!this.has(index, column)) continue;
      this.print(unprinted, index);
      unprinted = index;
      let width = 0;
      let empty = true;
      for (; index < end && this.has(index, column); index++) {
        const cell = this.lines[index]?.[column];
        if (!cell) continue;
        width = Math.max(width, cell.width + padding);
        if (cell.width > 0 || cell.hard) empty = false;
      }
      this.widths.push(empty ? 0 : width);
      this.format(unprinted, index);
      this.widths.pop();
      unprinted = index;
    }
    this.print(unprinted, end);
  }

  /** Whether a line has a cell in this column that is not its last one. */
  private has(line: number, column: number): boolean {
    return column < (this.lines[line]?.length ?? 0) - 1;
  }

  private print(first: number, end: number): void {
    for (let index = first; index < end; index++) {
      const printed = this.printLine(this.lines[index] ?? []);
      this.output.push(index + 1 === this.lines.length ? printed : `${printed}\n`);
    }
  }

  private printLine(cells: readonly Cell[]): string {
    let printed = "";
    let kept = 0;
    let leading = true;
    for (const [column, { text, width, kept: keptOfCell }] of cells.entries()) {
      if (text !== "") leading = false;
      if (keptOfCell > 0) kept = printed.length + keptOfCell;
      printed += text;
      const columnWidth = this.widths[column];
      if (columnWidth === undefined) continue;
      printed += leading ? "\t".repeat(Math.ceil(columnWidth / tabWidth)) : " ".repeat(columnWidth - width);
    }
    return printed.slice(0, kept) + printed.slice(kept).replace(/[ \t]+$/, "");
  }
}
