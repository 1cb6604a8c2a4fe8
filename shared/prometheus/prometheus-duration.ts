const durationPattern =
  /^(?:(\d{1,9})y)?(?:(\d{1,9})w)?(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;
const unitsMs = [365 * 86_400_000, 7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000, 1];

/** A duration as Prometheus writes it (`1m30s`, `2d`), in milliseconds; undefined where it is none. */
export function parsePrometheusDuration(text: string): number | undefined {
  if (text === "0") {
    return 0;
  }
  const found = text === "" ? undefined : durationPattern.exec(text);
  return found ? unitsMs.reduce((sum, unit, i) => sum + unit * Number(found[i + 1] ?? 0), 0) : undefined;
}

/** Milliseconds as Prometheus prints a duration: `1m30s`, `2d`, `0s`. */
export function formatPrometheusDuration(ms: number): string {
  if (ms === 0) {
    return "0s";
  }
  let rest = ms;
  let out = "";
  for (const [i, unit] of ["y", "w", "d", "h", "m", "s", "ms"].entries()) {
    const size = unitsMs[i] ?? 1;
    // Years, weeks and days only where nothing is left over.
    if (rest >= size && (i > 2 || rest % size === 0)) {
      out += `${Math.floor(rest / size)}${unit}`;
      rest %= size;
    }
  }
  return out;
}
