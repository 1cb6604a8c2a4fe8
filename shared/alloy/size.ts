const units: Readonly<Record<string, number>> = {
  B: 1,
  KB: 2 ** 10,
  KIB: 2 ** 10,
  MB: 2 ** 20,
  MIB: 2 ** 20,
  GB: 2 ** 30,
  GIB: 2 ** 30,
  TB: 2 ** 40,
  TIB: 2 ** 40,
  PB: 2 ** 50,
  PIB: 2 ** 50,
  EB: 2 ** 60,
  EIB: 2 ** 60,
};

/** A size (`512KiB`, `10MB`, both in powers of 1024) as bytes; otherwise the words for what is wrong with it. */
export function parseSize(text: string): number | { readonly problem: string } {
  const invalid = { problem: `units: invalid ${text}` };
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return 0;
  if (rest === "") return invalid;
  let total = 0;
  while (rest !== "") {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) return invalid;
    rest = rest.slice(number.length);
    const name = /^[^.\d]*/.exec(rest)?.[0] ?? "";
    if (name === "") return { problem: `units: missing unit in ${text}` };
    const upper = name.toUpperCase();
    const unit = Object.hasOwn(units, upper) ? units[upper] : undefined;
    if (unit === undefined) return { problem: `units: unknown unit ${name} in ${text}` };
    total += Math.trunc(Number(number) * unit);
    rest = rest.slice(name.length);
  }
  return text.startsWith("-") ? -total : total;
}

/** Bytes as Alloy prints a size: the largest unit that divides it, `5B`, `512KiB`, `1MiB`. */
export function formatSize(bytes: number): string {
  const names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let value = bytes;
  let index = 0;
  while (value !== 0 && value % 1024 === 0 && index < names.length - 1) {
    value /= 1024;
    index++;
  }
  return `${value}${names[index]}`;
}
