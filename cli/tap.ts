import { causeText } from "../shared/error-text.ts";
import { printable } from "../shared/printable.ts";
import { passingMark, readPassing } from "../shared/readable/passing.ts";
import { adminOf } from "./admin-url.ts";
import { defineCommand, exitCodes } from "./command.ts";
import { complain } from "./terminal/io.ts";

const maxLine = 2000;

/** `sluice tap`: what passes a component of a running pipeline, as lines. */
export const tap = defineCommand({
  name: "tap",
  summary: "Show what passes a component of a running pipeline, as it passes",
  details:
    "The configuration must say livedebugging { enabled = true }. It costs the pipeline something only while the command runs.",
  parameters: ["COMPONENT"],
  options: {
    admin: { type: "string", placeholder: "URL", help: "Admin address (default: SLUICE_ADMIN_HOST and _PORT)" },
    sample: {
      type: "string",
      placeholder: "SHARE",
      help: "Share of the batches that are shown, from 0 to 1 (default 1)",
    },
    contains: { type: "string", placeholder: "TEXT", help: "Only lines that contain this text" },
    max: { type: "string", placeholder: "LINES", help: "Stop after this many lines" },
  },
  examples: [
    { line: "sluice tap otelcol.processor.batch.b", comment: "everything that enters and leaves it" },
    { line: "sluice tap loki.write.w --contains error --max 20", comment: "20 lines with this text" },
  ],
  async run({ args: [id = ""], options, io }) {
    const max = options.max === undefined ? Number.POSITIVE_INFINITY : Number(options.max);
    if (!(max >= 1)) {
      complain(io, `--max is ${options.max}: it must be a number above 0.`);
      return exitCodes.usage;
    }
    const admin = (options.admin ?? adminOf(io)).replace(/\/+$/, "");
    const url = `${admin}/api/v0/web/debug/${encodeURIComponent(id)}?sampleProb=${options.sample ?? 1}`;
    const ended = new AbortController();
    let left = max;
    try {
      const answer = await fetch(url, { signal: ended.signal });
      if (!answer.ok || !answer.body) {
        complain(io, (await answer.text()).trim() || `${admin} answers ${answer.status}.`);
        return exitCodes.failed;
      }
      let rest = "";
      const decoder = new TextDecoder();
      for await (const chunk of answer.body) {
        const texts = (rest + decoder.decode(chunk, { stream: true })).split(passingMark);
        rest = texts.pop() ?? "";
        for (const text of texts) show(text);
        if (left <= 0) break;
      }
      return exitCodes.ok;
    } catch (error) {
      complain(io, `${admin} cannot be asked: ${causeText(error)}`);
      return exitCodes.failed;
    } finally {
      ended.abort();
    }

    function show(text: string): void {
      const { way, peer, lines } = readPassing(text);
      const head = way === "note" ? "" : `${way}${peer === "" ? "" : ` ${peer}`}  `;
      for (const line of lines) {
        if (left <= 0 || (options.contains !== undefined && !line.includes(options.contains))) continue;
        left -= 1;
        io.out(`${head}${printable(line, maxLine)}`);
      }
    }
  },
});
