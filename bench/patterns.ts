import { compileRe2 } from "../shared/re2/re2.ts";
import { bench } from "./harness.ts";

// Patterns of users on lines: what is usual, beside JavaScript's own engine, and pairs that are known to make a backtracking engine take for
// ever, on lines of 16 KiB. Those must stay linear: MB/s as with any other line of their length.
const hostileChars = 16_384;
const a = "a".repeat(hostileChars);

const usual = {
  "access log":
    '^(?P<ip>\\S+) \\S+ \\S+ \\[(?P<time>[^\\]]+)\\] "(?P<method>\\S+) (?P<path>\\S+) [^"]*" (?P<status>\\d{3}) (?P<bytes>\\d+)',
  "level anywhere": "(?i)\\b(?P<level>debug|info|warn|error|fatal)\\b",
} as const;
const line = '10.0.0.7 - bob [26/Nov/2026:10:00:00 +0000] "GET /api/v1/orders/77?x=1 HTTP/1.1" 200 5123 info done';

const hostile = {
  "(a+)+$": `${a}!`,
  "(a|aa)+$": `${a}!`,
  "(a*)*b": a,
  "^(([a-z])+.)+[A-Z]([a-z])+$": a,
  "(.*a){12}$": `${a}!`,
  "\\s+$": `${" ".repeat(hostileChars)}x`,
  '("[^"]*"|[^,]*)(,("[^"]*"|[^,]*))*$': `${'",'.repeat(hostileChars / 2)}"`,
} as const;

function compiled(pattern: string) {
  const made = compileRe2(pattern);
  if (made.kind === "rejected") throw new Error(made.message);
  return made.re2;
}

const usualCases = Object.entries(usual).map(([name, pattern]) => {
  const prepare = () => {
    const re2 = compiled(pattern);
    const own = new RegExp(pattern.replace("(?i)", "").replaceAll("?P<", "?<"), pattern.startsWith("(?i)") ? "i" : "");
    return { bytes: line.length, contenders: { Sluice: () => re2.exec(line), RegExp: () => own.exec(line) } };
  };
  return [name, prepare] as const;
});
const hostileCases = Object.entries(hostile).map(([pattern, text]) => {
  const prepare = () => {
    const re2 = compiled(pattern);
    return { bytes: text.length, contenders: { Sluice: () => re2.test(text) } };
  };
  return [pattern, prepare] as const;
});

await bench(import.meta.url, {
  title: "patterns",
  cases: Object.fromEntries([...usualCases, ...hostileCases]),
  rounds: 3,
});
