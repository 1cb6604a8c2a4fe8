import { attribute, required, table } from "../../alloy/arguments.ts";
import { bool, uint } from "../../alloy/plain-types.ts";
import { duration, string } from "../../alloy/text-types.ts";
import { JoinedLines } from "../joined-lines.ts";
import { formatLabels } from "../labels.ts";
import { compilePattern } from "./compile.ts";
import { lineTest } from "./line-test.ts";
import {
  becomes,
  InvalidStage,
  type Joined,
  join,
  type Next,
  type Stage,
  type StageContext,
  type StageEntry,
  stageKind,
  withoutLine,
  withRange,
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
  /** For whom it is held. */
  held: Joined | undefined;
  readonly text: JoinedLines;
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
  return collecting(lineTest(firstLine), given, context);
});

interface Limits {
  readonly max_lines: number;
  readonly max_wait_time: number;
  readonly trim_newlines: boolean;
}

function collecting(isFirst: (entry: StageEntry) => boolean, limits: Limits, context: StageContext): Stage {
  const blocks = new Map<string, Block>();

  /** Passes on what is held; `isLast` says that its first line is needed no more. */
  function flush(block: Block, next: Next, isLast: boolean): void {
    const { held, text, first } = block;
    block.held = undefined;
    if (held === undefined) return;
    const range = text.take();
    if (range.to > range.from) block.count = 0;
    const joined = isLast ? becomes(first, range, held) : withRange(first, range, held);
    if (range.to === range.from) context.drop(joined, "multiline_empty");
    else next(joined);
  }

  function add(block: Block, entry: StageEntry, next: Next): void {
    if (block.held === undefined) block.held = { ticket: entry.ticket, joined: entry.joined };
    else join(block.held, entry);
    block.text.add(entry, limits.trim_newlines);
    block.count += 1;
    if (block.count === limits.max_lines) return void flush(block, next, false);
    block.deadlineMs = context.now() + limits.max_wait_time;
    if (block.cancel === undefined) wait(block, next);
  }

  /** One timer serves many lines and blocks: when it fires early it is set again. */
  function wait(block: Block, next: Next): void {
    block.cancel = context.later(block.deadlineMs - context.now(), () => {
      block.cancel = undefined;
      if (block.held === undefined) return;
      if (context.now() < block.deadlineMs) wait(block, next);
      else flush(block, next, false);
    });
  }

  return {
    process(entry, next) {
      const key = formatLabels(entry.labels);
      const begins = isFirst(entry);
      let block = blocks.get(key);
      if (block === undefined && !begins) return next(entry);
      if (block === undefined) {
        block = newBlock(withoutLine(entry));
        blocks.set(key, block);
      } else if (begins) {
        flush(block, next, true);
        block.first = withoutLine(entry);
      }
      add(block, entry, next);
    },
    close(next) {
      for (const block of blocks.values()) {
        block.cancel?.();
        flush(block, next, true);
      }
      blocks.clear();
    },
  };
}

function newBlock(first: StageEntry): Block {
  return { first, held: undefined, text: new JoinedLines(), count: 0, deadlineMs: 0, cancel: undefined };
}
