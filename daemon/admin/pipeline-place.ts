import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** Where a process listens that runs a configuration. */
export interface PipelinePlace {
  readonly host: string;
  readonly port: number;
}

const flag = "--server.http.listen-addr";
const defaultAddress = "127.0.0.1:12345";

/** The place of the first of these command lines that is `run` of this program; undefined where there is none. */
export function pipelinePlace(commandLines: Iterable<readonly string[]>, program: string): PipelinePlace | undefined {
  const names = new Set([basename(program), "alloy"]);
  for (const words of commandLines) {
    const at = words.findIndex((word, index) => word === "run" && names.has(basename(words[index - 1] ?? "")));
    if (at >= 0) return placeOf(words.slice(at + 1));
  }
  return undefined;
}

function placeOf(words: readonly string[]): PipelinePlace {
  const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const given = at < 0 ? defaultAddress : ((words[at]?.slice(flag.length + 1) || words[at + 1]) ?? "");
  const [, host = "", port = "12345"] = /^(.*):(\d{1,5})$/.exec(given) ?? [];
  return { host: host.replace(/^\[|\]$/g, "") || "0.0.0.0", port: Number(port) };
}

/** The command lines of this container's processes, or of this machine's; those that end meanwhile or are hidden are left out. */
export function* commandLines(): Generator<readonly string[]> {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      yield readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
    } catch {}
  }
}
