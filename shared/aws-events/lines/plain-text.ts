import type { LogTime } from "../log-record.ts";
import { type Severity, severityOf } from "../severity.ts";
import { parseIsoTime } from "./iso-time.ts";
import type { RecognisedLine } from "./line-format.ts";

const headLength = 160;
const maxWords = 6;
const klogShape = /^([IWEF])\d{4} \d\d:\d\d:\d\d/;
const klogLevels: Readonly<Record<string, string>> = { I: "INFO", W: "WARNING", E: "ERROR", F: "FATAL" };
const keyShape = /^(?:level|lvl|severity)=/;

/**
 * What the first words of any program's line say of its time and level: `2024-03-01T12:00:00Z ERROR …`, `[error]`, `WARN:`,
 * `level=info`, `E0301 12:00:00.000000 …`. A level without brackets or a key counts in capitals only: an error in prose is not one.
 */
export function recognisePlainText(line: string): RecognisedLine | undefined {
  const head = line.slice(0, headLength);
  const klog = klogShape.exec(head)?.[1];
  const words = head.split(/[\s|]+/, maxWords);
  const severity = klog === undefined ? levelAmong(words) : severityOf(klogLevels[klog] ?? "");
  const time = timeAtStart(words);
  return severity || time ? { severity, time, attributes: [] } : undefined;
}

function levelAmong(words: readonly string[]): Severity | undefined {
  for (const word of words) {
    const severity = levelOf(word);
    if (severity) return severity;
  }
  return undefined;
}

function levelOf(word: string): Severity | undefined {
  if (word.length > 24) return undefined;
  const bracketed = /^[[(<](.*)[\])>]:?$/.exec(word)?.[1];
  if (bracketed !== undefined) return severityOf(bracketed);
  const key = keyShape.exec(word)?.[0];
  if (key !== undefined) return severityOf(word.slice(key.length).replace(/^"(.*)"$/, "$1"));
  const bare = word.replace(/:$/, "");
  return bare === bare.toUpperCase() ? severityOf(bare) : undefined;
}

function timeAtStart([first = "", second = ""]: readonly string[]): LogTime | undefined {
  const opened = first.replace(/^(?:time=)?["[(]?/, "");
  const date = bare(opened);
  return parseIsoTime(date) ?? parseIsoTime(`${date} ${bare(second)}`);
}

/** Without what closes it, and with a point before a fraction where there is a comma, as Python and Java write it. */
function bare(word: string): string {
  return word
    .slice(0, 40)
    .replace(/["\]),]+$/, "")
    .replace(",", ".");
}
