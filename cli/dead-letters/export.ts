import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readContent } from "../../shared/dead-letters/content.ts";
import type { DeadLetter } from "../../shared/dead-letters/dead-letter.ts";
import { surveyDeadLetters } from "../../shared/dead-letters/survey.ts";
import { errorText } from "../../shared/error-text.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { defineCommand, exitCodes } from "../command.ts";
import { complain } from "../terminal/io.ts";
import { exitCodeOf, showWalk } from "./end.ts";
import { openQueues } from "./open-queues.ts";
import { maxOption, orderOf, placeOptions, reasonOption, selectionOptions } from "./options.ts";
import { count, warningsOf } from "./text.ts";

/** What a letter became in the directory. */
interface Exported {
  readonly file: string;
  readonly format: "json" | "protobuf" | "raw";
}

/** `sluice dead-letters export`. */
export const deadLettersExport = defineCommand({
  name: "dead-letters export",
  summary: "Write dead letters into a directory as OTLP, and leave them in the queue",
  details:
    "A file for each dead letter: an export request that any OTLP endpoint takes, and manifest.json with everything else that is known. What cannot be decoded is written as it is. JSON leaves out fields that OTLP does not know; protobuf is the data byte for byte.",
  options: {
    ...placeOptions,
    ...selectionOptions,
    reason: reasonOption,
    max: maxOption,
    out: {
      type: "string",
      placeholder: "DIRECTORY",
      help: "Directory to write to; created if absent (default: dead-letters)",
    },
    format: { type: "string", placeholder: "FORMAT", help: "json (default) or protobuf" },
  },
  examples: [
    { line: "sluice dead-letters export --stage prod --out dead-letters", comment: "everything, as OTLP/JSON" },
    {
      line: "sluice dead-letters export --signal traces --format protobuf --out traces",
      comment: "traces, byte for byte",
    },
  ],
  async run({ options, io, show }) {
    const order = orderOf(options, { action: "export", io, now: clock.now() });
    if (!order) return exitCodes.usage;
    const { out = "dead-letters", format = "json" } = options;
    if (format !== "json" && format !== "protobuf") {
      complain(io, `--format is ${format}: it must be json or protobuf.`);
      return exitCodes.usage;
    }
    const manifest = join(out, "manifest.json");
    if (existsSync(manifest)) {
      complain(io, `There is an export in ${out} already.`, "Choose another directory with --out.");
      return exitCodes.usage;
    }
    const place = await openQueues(options, io, { leaseSeconds: 120 });
    if (typeof place === "number") return place;
    const walk = showWalk("Exporting dead letters", io);
    const files = new Map<string, Exported>();
    try {
      mkdirSync(out, { recursive: true });
      const report = await surveyDeadLetters(order.selection, {
        ...place,
        ...walk.options,
        ...(order.max !== undefined && { max: order.max }),
        clock,
        action: "export",
        take: async (letter) => void files.set(letter.facts.id, await write(letter, out, format)),
      });
      walk.dispose();
      const letters = report.letters.map((letter) => ({ ...letter, ...files.get(letter.id) }));
      const data = { stage: place.stage, directory: out, ...report, letters };
      writeWhole(manifest, `${JSON.stringify(data, null, 2)}\n`);
      show({ data, text: `${count(letters.length, "dead letter")} written to ${out}; they are in the queue still.` });
      for (const warning of warningsOf(report, clock.now())) io.say(`Warning: ${warning}`);
      return exitCodeOf(report, io);
    } catch (error) {
      complain(io, `Could not write to ${out}: ${errorText(error)}`);
      return exitCodes.failed;
    } finally {
      walk.dispose();
      place.close();
    }
  },
});

async function write(letter: DeadLetter, directory: string, wanted: "json" | "protobuf"): Promise<Exported> {
  const content = await readContent(letter);
  const { facts, message } = letter;
  const format = content.kind === "request" ? wanted : content.kind === "notice" ? "json" : "raw";
  const extension = { json: "json", protobuf: "binpb", raw: "txt" }[format];
  // An id is text from a queue: it must not choose the path.
  const name = `${facts.signal ?? "unknown"}-${facts.id === "" ? message.id : facts.id}`.replace(/[^\w-]/g, "_");
  const file = `${name.slice(0, 150)}.${extension}`;
  const text = content.kind === "raw" ? content.body : `${JSON.stringify(content.json(), null, 2)}\n`;
  writeWhole(join(directory, file), content.kind === "request" && format === "protobuf" ? content.bytes : text);
  return { file, format };
}

/** A file is there as a whole or not at all, wherever the export is interrupted. */
function writeWhole(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}
