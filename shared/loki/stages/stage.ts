import type { Table } from "../../alloy/arguments.ts";
import type { Entry, LabelSet } from "../entry.ts";
import { labelValue, noLabels } from "../labels.ts";
import { LineEntry } from "../line-entry.ts";
import type { TextRange } from "../text-of.ts";
import { type Extracted, ExtractedValues } from "./extracted.ts";
import type { LineMetric, LineMetricDefinition } from "./line-metric.ts";

/** Counts an entry of a source until nothing of it is on its way through the stages. */
export interface Ticket {
  pending: number;
  /** Called when `pending` reaches 0. */
  done(): void;
  /** Called when the process stops before that. */
  fail(error: unknown): void;
}

/** An entry on its way through the stages, which change it in place. */
export class StageEntry extends LineEntry {
  /** The labels that it came with: they are extracted values too, until `values` says otherwise. */
  initial: LabelSet = noLabels;
  values = new ExtractedValues();
  /** The source entries that it is made of: the first, and those that joined it. */
  ticket: Ticket;
  joined: readonly Ticket[] = noTickets;
  /** Whether it is used again for the next line. */
  private readonly isLent: boolean;

  constructor(ticket: Ticket, isLent = false) {
    super();
    this.ticket = ticket;
    this.isLent = isLent;
  }

  /** Becomes another entry of a source, at the entrance of the stages. */
  begin(entry: Entry, ticket: Ticket): void {
    this.copy(entry);
    if (this.initial !== entry.labels) this.initial = entry.labels;
    if (this.ticket !== ticket) this.ticket = ticket;
    this.joined = noTickets;
    this.values.clear();
  }

  /** What a stage holds of it, which stands for it from now on: it has let go of the block that the line and the values are in. */
  kept(): StageEntry {
    const kept = this.isLent ? new StageEntry(this.ticket) : this;
    if (kept !== this) {
      kept.copy(this);
      kept.initial = this.initial;
      kept.values = this.values.copy();
      kept.joined = this.joined;
    }
    kept.line = this.line;
    kept.values.detach();
    return kept;
  }
}

const noTickets: readonly Ticket[] = [];

/** Passes an entry on to the next stage. */
export type Next = (entry: StageEntry) => void;

/** A stage that runs. What it does not pass on and does not hold it must `drop`; what it holds is what `kept` gives. */
export interface Stage {
  process(entry: StageEntry, next: Next): void;
  /** Passes on what it holds, at the end. */
  close?(next: Next): void;
}

/** What stages need of the world around them. */
export interface StageContext {
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Runs `task` once after `ms`; returns what prevents it. */
  later(ms: number, task: () => void): () => void;
  /** An entry that goes no further, with the reason that its counter has; none for one that others stand for. */
  drop(entry: StageEntry, reason: string): void;
  /** One more of something that only has a counter: of a field that was truncated, of a label's value whose line was dropped. */
  count(name: StageCounter, label?: string, value?: string): void;
  /** A metric of the process that the configuration has named; the same one for the same name. Throws an `InvalidStage`. */
  metric(definition: LineMetricDefinition): LineMetric;
  /** Builds the stages inside a stage, as one. */
  inner(stages: readonly StageSpec[]): Stage;
}

export type StageCounter =
  | "cri_partial_lines_flushed"
  | "cri_lines_truncated"
  | "truncated_fields"
  | "dropped_lines_by_label";

/** A stage as a configuration names it: `stage.<member>` with its arguments. */
export interface StageSpec {
  readonly member: string;
  readonly args: unknown;
}

/** A row of the table of stages: what it takes and how it is built. */
export interface StageKind {
  readonly arguments: Table;
  /** Throws an `InvalidStage` for arguments that only building can judge. */
  create(args: unknown, context: StageContext): Stage;
}

/** A row whose arguments have the type that their table decodes to. */
export function stageKind<Args>(of: Table<Args>, create: (args: Args, context: StageContext) => Stage): StageKind {
  return { arguments: of as Table, create: (args, context) => create(args as Args, context) };
}

/** Arguments that a stage cannot be built of, in Alloy's words. */
export class InvalidStage extends Error {
  constructor(reason: string) {
    super(`invalid stage config ${reason}`);
  }
}

/** An entry at the entrance of the stages. */
export function stageEntry(entry: Entry, ticket: Ticket): StageEntry {
  const made = new StageEntry(ticket);
  made.begin(entry, ticket);
  return made;
}

/** An entry that is like another one but for its line, and stands for the sources of `holder`. */
export function withLine(like: StageEntry, line: string, holder: Joined): StageEntry {
  const made = likeFor(like, holder);
  made.line = line;
  return made;
}

/** The same for a line that is bytes. */
export function withRange(like: StageEntry, line: TextRange, holder: Joined): StageEntry {
  const made = likeFor(like, holder);
  made.move(line);
  return made;
}

/** The entry itself gets a line that is bytes, and stands for the sources of `holder`. */
export function becomes(entry: StageEntry, line: TextRange, { ticket, joined }: Joined): StageEntry {
  entry.ticket = ticket;
  entry.joined = joined;
  entry.move(line);
  return entry;
}

/** What is worth keeping of an entry whose line is kept elsewhere. */
export function withoutLine(like: StageEntry): StageEntry {
  const made = likeFor(like, like);
  made.line = "";
  made.values.detach();
  return made;
}

function likeFor(like: StageEntry, { ticket, joined }: Joined): StageEntry {
  const made = new StageEntry(ticket);
  made.copy(like);
  made.joined = joined;
  made.initial = like.initial;
  made.values = like.values.copy();
  return made;
}

/** A stage that changes entries and passes all of them on. */
export function changing(change: (entry: StageEntry) => void): Stage {
  return {
    process(entry, next) {
      change(entry);
      next(entry);
    },
  };
}

/** An extracted value; undefined when there is none. */
export function extractedValue(entry: StageEntry, name: string): Extracted | undefined {
  return entry.values.has(name) ? entry.values.get(name) : labelValue(entry.initial, name);
}

/** All extracted values. */
export function extractedValues(entry: StageEntry): Map<string, Extracted> {
  const all = new Map<string, Extracted>();
  for (const { name, value } of entry.initial) all.set(name, value);
  for (const [name, value] of entry.values.all()) {
    if (value === undefined) all.delete(name);
    else all.set(name, value);
  }
  return all;
}

/** The text that a stage works on: the line, or the extracted value that `source` names; undefined when it has no text. */
export function sourceText(entry: StageEntry, source: string | undefined): string | undefined {
  return source === undefined || source === "" ? entry.line : extractedText(extractedValue(entry, source));
}

/** The same while it is bytes; undefined where it is text, or nothing. */
export function sourceRange(entry: StageEntry, source: string | undefined): TextRange | undefined {
  if (source !== undefined && source !== "") return entry.values.range(source);
  const { block, from, to } = entry;
  return block && { block, from, to };
}

/** A value as text: numbers in shortest decimal form without an exponent. Null has none. */
export function extractedText(value: Extracted | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" ? decimal(value) : String(value);
}

/** For whom something is held: the tickets of entries that become one. */
export type Joined = Pick<StageEntry, "ticket" | "joined">;

/** Moves the tickets of `from` to `into`, for entries that become one. */
export function join(into: Joined, from: Joined): void {
  joinTicket(into, from.ticket);
  for (const ticket of from.joined) joinTicket(into, ticket);
}

function joinTicket(into: Joined, ticket: Ticket): void {
  if (into.ticket === ticket || into.joined.includes(ticket)) ticket.pending -= 1;
  else into.joined = [...into.joined, ticket];
}

function decimal(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  const [mantissa = "", exponent] = text.split("e");
  if (exponent === undefined) return text;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.slice(sign.length).split(".");
  const shift = Number(exponent);
  const digits = whole + fraction;
  if (shift < 0) return `${sign}0.${"0".repeat(-shift - 1)}${digits}`;
  return sign + digits.padEnd(whole.length + shift, "0");
}
