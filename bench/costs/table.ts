/** Dollars a month by what they are paid for. */
export type Cost = Readonly<Record<string, number>>;

/** A column of a table of costs. */
export interface Column {
  readonly head: string;
  readonly cost: Cost;
}

/** A row of a table in Markdown. */
export function row(name: string, cells: readonly string[]): string {
  return `| ${name} | ${cells.join(" | ")} |`;
}

/** A row for each thing that is paid for, and their sum. */
export function costRows(columns: readonly Column[]): readonly string[] {
  const names = Object.keys(columns[0]?.cost ?? {});
  const cells = (of: (cost: Cost) => string) => columns.map(({ cost }) => of(cost));
  return [
    ...names.map((name) =>
      row(
        name,
        cells((cost) => dollars(cost[name] ?? 0)),
      ),
    ),
    row(
      "**a month**",
      cells((cost) => `**${dollars(total(cost))}**`),
    ),
  ];
}

/** A whole table: what the columns are about, and their costs. */
export function costTableOf(name: string, columns: readonly Column[]): string {
  const heads = columns.map(({ head }) => head);
  return [row(name, heads), alignment(columns.length), ...costRows(columns)].join("\n");
}

/** The second line of a table whose columns are numbers but for the first. */
export function alignment(columns: number): string {
  return `| --- |${" ---: |".repeat(columns)}`;
}

export function total(cost: Cost): number {
  return Object.values(cost).reduce((sum, each) => sum + each, 0);
}

function dollars(amount: number): string {
  return `$${amount < 10 ? amount.toFixed(2) : Math.round(amount).toLocaleString("en-US")}`;
}
