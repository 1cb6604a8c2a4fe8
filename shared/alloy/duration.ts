const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const largest = 1n << 63n;
const nanosecondsPerMs = 1_000_000;

/** A length of time in Go's syntax (`1h30m`, `1.5s`, `0`) as milliseconds; otherwise Go's words for what is wrong with it. */
export function parseDuration(text: string): number | { readonly problem: string } {
  const invalid = { problem: `time: invalid duration ${quote(text)}` };
  const negative = text.startsWith("-");
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return 0;
  if (rest === "") return invalid;
  let total = 0n;
  while (rest !== "") {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest);
    const whole = number?.[1] ?? "";
    const fraction = number?.[2] ?? "";
    if (whole === "" && fraction === "") return invalid;
    rest = rest.slice(number?.[0].length ?? 0);
    const name = /^[^.\d]*/.exec(rest)?.[0] ?? "";
    if (name === "") return { problem: `time: missing unit in duration ${quote(text)}` };
    const unit = Object.hasOwn(nanoseconds, name) ? nanoseconds[name] : undefined;
    if (unit === undefined) return { problem: `time: unknown unit ${quote(name)} in duration ${quote(text)}` };
    rest = rest.slice(name.length);
    if (whole.length > 20) return invalid;
    total += BigInt(whole || "0") * unit + partOf(unit, fraction);
    if (total > largest) return invalid;
  }
  if (!negative && total === largest) return invalid;
  const ms = Number(total) / nanosecondsPerMs;
  return negative ? -ms : ms;
}

/** The part of a unit that decimals stand for: in floating point and cut, as Go does, which ignores digits that an int64 does not hold. */
function partOf(unit: bigint, decimals: string): bigint {
  const digits = /^0*\d{0,18}/.exec(decimals)?.[0] ?? "";
  return BigInt(Math.trunc(Number(digits) * (Number(unit) / 10 ** digits.length)));
}

/** Milliseconds as Go prints a `time.Duration`: `1h30m0s`, `1.5s`, `300ms`, `0s`. */
export function formatDuration(ms: number): string {
  const total = Math.round(Math.abs(ms) * nanosecondsPerMs);
  const sign = ms < 0 && total > 0 ? "-" : "";
  if (total === 0) return "0s";
  if (total < 1_000) return `${sign}${total}ns`;
  if (total < 1_000_000) return `${sign}${trimmed(total / 1_000)}µs`;
  if (total < 1_000_000_000) return `${sign}${trimmed(total / 1_000_000)}ms`;
  const seconds = trimmed((total % 60_000_000_000) / 1_000_000_000);
  const minutes = Math.floor(total / 60_000_000_000);
  if (minutes === 0) return `${sign}${seconds}s`;
  if (minutes < 60) return `${sign}${minutes}m${seconds}s`;
  return `${sign}${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}s`;
}

function trimmed(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, "");
}

function quote(text: string): string {
  return JSON.stringify(text);
}
