import { type Order, parseOrder } from "../../shared/dead-letters/parse-order.ts";
import type { Action } from "../../shared/dead-letters/report.ts";
import { type OptionSpec, stageOption } from "../command.ts";
import { localOption } from "../local-stack.ts";
import { complain, type Io } from "../terminal/io.ts";

/** Options that say where the letters are. */
export const placeOptions = {
  stage: stageOption,
  local: localOption,
  storage: {
    type: "string",
    placeholder: "PATH",
    help: "The dead letters in a daemon's storage path (SLUICE_STORAGE_PATH), whether the daemon runs or not",
  },
  admin: {
    type: "string",
    placeholder: "URL",
    help: "The dead letters in the storage path of a running daemon, through its admin port",
  },
  lease: {
    type: "string",
    placeholder: "SECONDS",
    help: "How long dead letters stay hidden from others if this command is killed (default 120; 60 for list and show)",
  },
} as const satisfies Record<string, OptionSpec>;

/** Options that say which letters are meant. */
export const selectionOptions = {
  signal: { type: "string", placeholder: "SIGNAL", help: "Only traces, metrics or logs" },
  service: {
    type: "string",
    placeholder: "NAME",
    help: "Only dead letters that hold this service.name, or are of a bucket: s3://NAME",
  },
  since: {
    type: "string",
    placeholder: "TIME",
    help: "Only those dead-lettered since then: an age (6h, 3d) or an ISO 8601 time",
  },
  until: { type: "string", placeholder: "TIME", help: "Only those dead-lettered before then" },
  ids: { type: "string", placeholder: "ID,ID…", help: "Only these dead letters" },
} as const satisfies Record<string, OptionSpec>;

const classes = "rejected, too-large, crashed, undecodable, unreadable or redriven";

/** `--reason`: the class for which letters were dead-lettered. */
export const reasonOption = {
  type: "string",
  placeholder: "REASON",
  help: `Only those dead-lettered for this: ${classes}`,
} as const satisfies OptionSpec;

/** `--max`: how many letters at most. */
export const maxOption = {
  type: "string",
  placeholder: "COUNT",
  help: "At most this many dead letters",
} as const satisfies OptionSpec;

/** `--dry-run`: says what would happen. */
export const dryRunOption = {
  type: "boolean",
  help: "Say what would happen, and change nothing",
} as const satisfies OptionSpec;

const orderNames = [
  ...Object.keys(selectionOptions),
  "reason",
  "comment",
  "max",
  "rate",
  "include-stale",
  "dry-run",
  "all",
];

/** The order in a command's options; undefined, with a complaint, where it is wrong. */
export function orderOf(
  options: Readonly<Record<string, string | boolean | undefined>>,
  { action, io, now }: { readonly action: Action; readonly io: Io; readonly now: number },
): Order | undefined {
  const given = Object.entries(options).filter(([name, value]) => orderNames.includes(name) && value !== undefined);
  const parsed = parseOrder(Object.fromEntries(given.map(([name, value]) => [camel(name), value])), {
    action,
    now,
    nameOf: (key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  });
  if (parsed.kind === "parsed") return parsed.order;
  complain(io, parsed.message, `See: sluice dead-letters ${action} --help`);
  return undefined;
}

function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
