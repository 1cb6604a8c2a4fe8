import { components } from "../../daemon/components/components.ts";
import { configBlocks, noControls } from "../../daemon/config-blocks/config-blocks.ts";
import { alloyComponents } from "../../daemon/controller/alloy-components.ts";
import type { Attribute, Block, Field, Table } from "../../shared/alloy/arguments.ts";
import { defaultsOf } from "../../shared/alloy/arguments.ts";
import { equalArguments } from "../../shared/alloy/equal-arguments.ts";
import { isArray, isCapsule, isObject, type Value } from "../../shared/alloy/value.ts";
import { differences } from "./differences.ts";

/** The page about configurations in the language of Grafana Alloy, written from the tables that decode them. */
export function pipelinesDocument(): string {
  const blocks = [...configBlocks(noControls).values()];
  const byName = [...components.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const missing = [...alloyComponents].filter(([name]) => !components.has(name));
  return [
    introduction(byName.length, alloyComponents.size),
    "## Differences from Grafana Alloy\n",
    differences.map((each) => `- ${each}`).join("\n"),
    "",
    "## Blocks of the process\n",
    ...blocks.map(({ name, arguments: table }) => section(name, table)),
    "## Components\n",
    ...byName.map(({ name, stability, arguments: table, exports }) => {
      const exported = Object.entries(exports).map(([key, type]) => `\`${key}\` ${escaped(type.name)}`);
      const told = `${stability}. Exports ${exported.length === 0 ? "nothing" : exported.join(", ")}.\n`;
      return section(name, table, told);
    }),
    "## Components of Grafana Alloy that are not here\n",
    "A file that uses one of them is refused before anything starts.\n",
    missing.map(([name]) => `\`${name}\``).join(", "),
    "",
  ].join("\n");
}

function introduction(have: number, all: number): string {
  return `# Pipelines

<!-- Generated from daemon/components/ and daemon/config-blocks/ by \`npm run docs\`; do not edit. -->

\`sluice run config.alloy\` runs configurations in the language of Grafana Alloy: ${have} of its ${all} components, its expressions and
standard library, \`declare\` modules, \`import.file\`, \`import.string\` and \`foreach\`. What cannot be run is refused before anything
starts, with its place in the file: a component, block or argument that is missing here never has no effect in silence. An argument whose note says
"not supported" may stand in a file with its default.
`;
}

function section(name: string, table: Table, told = ""): string {
  const rows = rowsOf(table, "");
  const head = `### ${name}\n${told === "" ? "" : `\n${told}`}`;
  if (rows.length === 0) return `${head}\nNo arguments.\n`;
  return `${head}\n| argument | type | default | |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** `around`: the tables that this one is inside of; one that is inside of itself is listed once. */
function rowsOf(table: Table, path: string, around: readonly Table[] = []): readonly string[] {
  const defaults = defaultsOf(table) as Readonly<Record<string, unknown>>;
  const inside = [...around, table];
  const inner = (of: Table, at: string) =>
    inside.some((each) => each === of || each.fields === of.fields) ? [] : rowsOf(of, `${at} › `, inside);
  return Object.entries(table.fields).flatMap(([name, field]) => {
    if (field.kind === "attribute") return [attributeRow(`${path}${name}`, field, defaults[name])];
    if (field.kind === "family") return familyRows(field, `${path}${name}`, inner);
    const own = blockRow(`${path}${name}`, field);
    // What is not supported as a whole needs no list of its parts.
    return field.unsupported === undefined
      ? [own, ...inner(field.tables[""] ?? { fields: {} }, `${path}${name}`)]
      : [own];
  });
}

function familyRows(
  field: Block<unknown>,
  at: string,
  inner: (of: Table, at: string) => readonly string[],
): readonly string[] {
  return Object.entries(field.tables).flatMap(([member, of]) => [
    row(`${at}.${member}`, ["block", "", ""]),
    ...inner(of, `${at}.${member}`),
  ]);
}

function attributeRow(name: string, field: Attribute<unknown>, initial: unknown): string {
  return row(name, [escaped(field.type.name), field.required ? "" : defaultText(field, initial), notes(field)]);
}

function blockRow(name: string, field: Block<unknown>): string {
  const kind = field.kind === "blocks" ? "blocks" : "block";
  return row(name, [field.labelled ? `${kind} with a label` : kind, "", notes(field)]);
}

function row(name: string, cells: readonly string[]): string {
  return `| \`${name}\` | ${cells.join(" | ")} |`;
}

function notes({ required, help, unsupported }: Field<unknown>): string {
  const told = [
    required ? "required" : "",
    help ?? "",
    unsupported === undefined ? "" : `not supported: ${unsupported}`,
  ];
  return escaped(told.filter((each) => each !== "").join("; "));
}

function defaultText({ type }: Attribute<unknown>, initial: unknown): string {
  if (initial === undefined || equalArguments(initial, type.absent)) return "";
  return `\`${valueText(type.encode(initial)).replaceAll("|", "\\|")}\``;
}

function valueText(value: Value): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (isObject(value)) return `{${[...value].map(([key, each]) => `${key} = ${valueText(each)}`).join(", ")}}`;
  if (isCapsule(value)) return "(secret)";
  return "value" in value ? String(value.value) : "function";
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
