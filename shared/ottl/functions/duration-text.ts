const second = 1_000_000_000n;

/** A duration as Go writes one: `1h2m3.5s`, `333ms`, `0s`. */
export function durationText(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  return (ns < 0n ? "-" : "") + textOfSize(size);
}

function textOfSize(size: bigint): string {
  if (size === 0n) return "0s";
  if (size < 1_000n) return `${size}ns`;
  if (size < 1_000_000n) return `${decimal(size, 1_000n)}\u00b5s`;
  if (size < second) return `${decimal(size, 1_000_000n)}ms`;
  const minutes = size / (60n * second);
  const seconds = `${decimal(size % (60n * second), second)}s`;
  if (minutes === 0n) return seconds;
  const hours = minutes / 60n;
  return hours === 0n ? `${minutes}m${seconds}` : `${hours}h${minutes % 60n}m${seconds}`;
}

function decimal(size: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = (size % unit).toString().padStart(digits, "0").replace(/0+$/, "");
  return `${size / unit}${fraction === "" ? "" : `.${fraction}`}`;
}
