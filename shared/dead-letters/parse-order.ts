import { signalNames } from "../signal.ts";
import { reasonClasses } from "./dead-letter.ts";
import { parseInstant } from "./parse-instant.ts";
import type { Action } from "./report.ts";
import type { Selection } from "./selection.ts";

/** What was asked for, checked: by the command line's options or by the function's payload. */
export interface Order {
  readonly selection: Selection;
  readonly max?: number;
  readonly itemsPerSecond?: number;
  readonly includeStale: boolean;
  readonly dryRun: boolean;
  /** Why letters are discarded. */
  readonly because: string;
}

/** An order that can be carried out, or all that is wrong with it. */
export type ParsedOrder =
  | { readonly kind: "parsed"; readonly order: Order }
  | { readonly kind: "wrong"; readonly message: string };

export interface ParseOrderOptions {
  readonly action: Action;
  readonly now: number;
  /** How a value is called where it was given: `--since`, or `since` in a payload. */
  readonly nameOf: (key: string) => string;
}

const selecting = ["signal", "service", "since", "until", "ids"];
/** What each action takes. `reason` is the class that selects, `comment` the operator's sentence. */
export const orderKeys: Readonly<Record<Action, readonly string[]>> = {
  list: [...selecting, "reason"],
  show: ["ids"],
  export: [...selecting, "reason", "max"],
  replay: [...selecting, "reason", "max", "rate", "includeStale", "dryRun"],
  discard: [...selecting, "reason", "comment", "max", "all", "dryRun"],
};

/** Reads an order from texts, numbers and booleans; unknown keys are wrong, so that no misspelt selection means everything. */
export function parseOrder(given: Readonly<Record<string, unknown>>, options: ParseOrderOptions): ParsedOrder {
  const { action, now, nameOf } = options;
  const problems: string[] = [];
  for (const key of Object.keys(given)) {
    if (!orderKeys[action].includes(key)) problems.push(`${action} does not take ${nameOf(key)}.`);
  }
  const discarding = action === "discard";
  const signal = choice("signal", signalNames);
  const service = text("service");
  const reason = choice("reason", reasonClasses);
  const sinceAt = instant("since");
  const untilAt = instant("until");
  const ids = list("ids");
  const max = number("max", { whole: true });
  const itemsPerSecond = number("rate", { whole: false });
  const because = discarding ? (text("comment") ?? "") : "";
  const selection: Selection = {
    ...(signal !== undefined && { signal }),
    ...(service !== undefined && { service }),
    ...(reason !== undefined && { reason }),
    ...(sinceAt !== undefined && { sinceAt }),
    ...(untilAt !== undefined && { untilAt }),
    ...(ids !== undefined && { ids: new Set(ids) }),
  };
  if (discarding) checkDiscard();
  if (action === "show" && !ids) problems.push(`A show needs ${nameOf("ids")}: which letters.`);
  const [message] = problems;
  if (message !== undefined) return { kind: "wrong", message };
  const limits = { ...(max !== undefined && { max }), ...(itemsPerSecond !== undefined && { itemsPerSecond }) };
  const flags = { includeStale: flag("includeStale"), dryRun: flag("dryRun") };
  return { kind: "parsed", order: { selection, ...limits, ...flags, because } };

  /** Deleting for good must be meant: a comment, and a selection or all. */
  function checkDiscard(): void {
    if (because === "")
      problems.push(`A discard needs ${nameOf("comment")}: why, in your words; it is logged with each letter.`);
    if (Object.keys(selection).length === 0 && !flag("all")) {
      problems.push(`Nothing is selected: narrow it down, or give ${nameOf("all")} to discard every dead letter.`);
    }
  }

  function text(key: string): string | undefined {
    const value = given[key];
    if (value === undefined || value === null) return undefined;
    if ((typeof value === "string" && value !== "") || typeof value === "number") return String(value);
    problems.push(`${nameOf(key)} must be a text.`);
    return undefined;
  }

  function choice<Name extends string>(key: string, names: readonly Name[]): Name | undefined {
    const value = text(key);
    const found = names.find((name) => name === value);
    if (value !== undefined && !found)
      problems.push(`${nameOf(key)} is ${value}: it must be one of ${names.join(", ")}.`);
    return found;
  }

  function instant(key: string): number | undefined {
    const value = text(key);
    const parsed = value === undefined ? undefined : parseInstant(value, now);
    if (value !== undefined && parsed === undefined) {
      const must = "it must be an age such as 90m, 6h or 3d, or a time such as 2026-11-20T08:00:00Z";
      problems.push(`${nameOf(key)} is ${value}: ${must}.`);
    }
    return parsed;
  }

  function number(key: string, { whole }: { readonly whole: boolean }): number | undefined {
    const value = text(key);
    if (value === undefined) return undefined;
    const parsed = /^\d{1,9}(\.\d{1,6})?$/.test(value) ? Number(value) : 0;
    if (parsed > 0 && (!whole || Number.isInteger(parsed))) return parsed;
    problems.push(`${nameOf(key)} is ${value}: it must be a ${whole ? "whole " : ""}number above 0.`);
    return undefined;
  }

  function list(key: string): readonly string[] | undefined {
    const value = given[key];
    const texts = Array.isArray(value) ? value : text(key)?.split(",");
    const found = texts?.map((each) => String(each).trim()).filter((each) => each !== "");
    if (found?.length === 0) problems.push(`${nameOf(key)} names no letter.`);
    return found;
  }

  function flag(key: string): boolean {
    return given[key] === true || given[key] === "true";
  }
}
