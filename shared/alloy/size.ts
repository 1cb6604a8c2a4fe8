const prefixes = ["K", "M", "G", "T", "P", "E"];
const binary = unitsOf("iB");
const short = unitsOf("B");
const largest = 2 ** 63;
const largestLeading = 2n ** 63n;

/** A size (`512KiB`, `10MB`, both in powers of 1024, never mixed) as bytes; otherwise the words for what is wrong with it. */
export function parseSize(text: string): number | { readonly problem: string } {
  const size = parseWith(binary, text);
  return typeof size === "number" ? size : parseWith(short, text);
}

function parseWith(units: ReadonlyMap<string, number>, text: string): number | { readonly problem: string } {
  const invalid = { problem: `units: invalid ${text}` };
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return 0;
  if (rest === "") return invalid;
  let total = 0;
  while (rest !== "") {
    const [number = "", whole = "", decimals = ""] = /^(\d*)(?:\.(\d*))?/.exec(rest) ?? [];
    if (whole + decimals === "" || isTooLong(whole) || isTooLong(decimals)) return invalid;
    rest = rest.slice(number.length);
    const name = /^[^.\d]*/.exec(rest)?.[0] ?? "";
    const unit = units.get(name);
    if (unit === undefined) return { problem: `units: unknown unit ${name} in ${text}` };
    total += (Number(whole) + Number(decimals) / 10 ** decimals.length) * unit;
    rest = rest.slice(name.length);
  }
  if (total > largest) return { problem: "units: overflow parsing unit" };
  return Math.trunc(text.startsWith("-") ? -total : total);
}

function isTooLong(digits: string): boolean {
  return digits.length > 18 && BigInt(digits) >= largestLeading;
}

function unitsOf(suffix: string): ReadonlyMap<string, number> {
  return new Map([["B", 1], ...prefixes.map((prefix, index) => [prefix + suffix, 1024 ** (index + 1)] as const)]);
}

/** Bytes as Alloy prints a size, unit by unit from the largest: `5B`, `512KiB`, `1MiB`, `1KiB476B`. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return "0B";
  let text = "";
  let rest = Math.abs(bytes);
  for (const name of ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]) {
    const part = rest % 1024;
    if (part !== 0) text = `${bytes < 0 ? -part : part}${name}${text}`;
    rest = Math.floor(rest / 1024);
  }
  return text;
}
