import { attribute, required, table } from "../../alloy/arguments.ts";
import { bool, uint } from "../../alloy/plain-types.ts";
import { duration, string } from "../../alloy/text-types.ts";
import { formatLabels } from "../labels.ts";
import { trimEnd } from "../trim-end.ts";
import { compilePattern } from "./compile.ts";
import {
  InvalidStage,
  join,
  type Next,
  type Stage,
  type StageContext,
  type StageEntry,
  stageKind,
  withLine,
} from "./stage.ts";

const args = table(
  {
    firstline: required(string, { help: "Pattern of a line that begins a block." }),
    max_lines: attribute(uint, { default: 128 }),
    max_wait_time: attribute(duration, { default: 3000 }),
    trim_newlines: attribute(bool, { default: true }),
  },
  {
    validate: ({ max_wait_time: waitMs }) => (waitMs > 0 ? undefined : "max_wait_time must be greater than 0"),
  },
);

/** What is collected for one set of labels. */
interface Block {
  /** Of the line that began it: labels, time and values of whatever follows, also when `max_lines` cut it. */
  first: StageEntry;
  held: StageEntry | undefined;
  lines: string[];
  /** Lines that came, empty ones at the beginning too. */
  count: number;
  /** When it is sent unless another line comes. */
  deadlineMs: number;
  cancel: (() => void) | undefined;
}

/** `stage.multiline`: joins lines up to the next one that begins a block, for each set of labels. */
export const multiline = stageKind(args, (given, context) => {
  if (given.firstline === "") {
    throw new InvalidStage("multiline stage config must define `firstline` regular expression");
  }
  const firstLine = compilePattern(given.firstline, "multiline stage first line regex compilation error");
  return collecting((line) => firstLine.test(line), given, context);
});

interface Limits {
  readonly max_lines: number;
  readonly max_wait_time: number;
  readonly trim_newlines: boolean;
}

function collecting(isFirst: (line: string) => boolean, limits: Limits, context: StageContext): Stage {
  const blocks = new Map<string, Block>();

  function flush(block: Block, next: Next): void {
    block.cancel?.();
    block.cancel = undefined;
    const { held, lines, first } = block;
    block.held = undefined;
    block.lines = [];
    if (held === undefined) return;
    const text = lines.join("\n");
    if (text !== "") block.count = 0;
    if (text === "") context.drop(held, "multiline_empty");
    else next(withLine(first, text, held));
  }

  function add(block: Block, entry: StageEntry, next: Next): void {
    if (block.held === undefined) block.held = entry;
    else join(block.held, entry);
    const line = limits.trim_newlines ? trimEnd(entry.line, "\r\n") : entry.line;
    if (line !== "" || block.lines.length > 0) block.lines.push(line);
    block.count += 1;
    if (block.count === limits.max_lines) return void flush(block, next);
    block.deadlineMs = context.now() + limits.max_wait_time;
    if (block.cancel === undefined) wait(block, next);
  }

  /** One timer serves many lines: when it fires early it is set again. */
  function wait(block: Block, next: Next): void {
    block.cancel = context.later(block.deadlineMs - context.now(), () => {
      block.cancel = undefined;
      if (context.now() < block.deadlineMs) wait(block, next);
      else flush(block, next);
    });
  }

  return {
    process(given, next) {
      const key = formatLabels(given.labels);
      const begins = isFirst(given.line);
      let block = blocks.get(key);
      if (block === undefined && !begins) return next(given);
      const entry = given.kept();
      if (block === undefined) {
        block = { first: entry, held: undefined, lines: [], count: 0, deadlineMs: 0, cancel: undefined };
        blocks.set(key, block);
      } else if (begins) flush(block, next);
      if (begins) block.first = entry;
      add(block, entry, next);
    },
    close(next) {
      for (const block of blocks.values()) flush(block, next);
      blocks.clear();
    },
  };
}
