import type { SettingType } from "./setting.ts";

const units: Partial<Record<SettingType, readonly (readonly [name: string, size: number])[]>> = {
  bytes: [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ],
  duration: [
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
    ["ms", 1],
  ],
};

/** A number as a setting of its type is written: in the largest unit that leaves it whole. */
export function formatNumber(type: SettingType, value: number): string {
  const unit = value === 0 ? undefined : units[type]?.find(([, size]) => value % size === 0);
  return unit ? `${value / unit[1]}${unit[0]}` : String(value);
}
