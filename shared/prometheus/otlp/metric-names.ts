import type { OtlpMetric } from "./otlp-metrics.ts";

/** Words of units (UCUM) as Prometheus' names have them. */
const unitNames: Readonly<Record<string, string>> = {
  d: "days",
  h: "hours",
  min: "minutes",
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
  By: "bytes",
  KiBy: "kibibytes",
  MiBy: "mebibytes",
  GiBy: "gibibytes",
  TiBy: "tibibytes",
  KBy: "kilobytes",
  MBy: "megabytes",
  GBy: "gigabytes",
  TBy: "terabytes",
  m: "meters",
  V: "volts",
  A: "amperes",
  J: "joules",
  W: "watts",
  g: "grams",
  Cel: "celsius",
  Hz: "hertz",
  "1": "",
  "%": "percent",
};

const perUnits: Readonly<Record<string, string>> = {
  s: "second",
  m: "minute",
  h: "hour",
  d: "day",
  w: "week",
  mo: "month",
  y: "year",
};

/** The name of a metric for Prometheus, with its unit and `_total` behind it where suffixes are wanted (prometheus.md §9). */
export function prometheusName(metric: OtlpMetric, withSuffixes: boolean): string {
  const parts = withSuffixes ? addSuffixes(words(metric.name), metric) : wordsWithMarks(metric.name);
  const name = parts.join("_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** The name of an attribute as a label. */
export function prometheusLabel(name: string): string {
  const cleaned = name.replace(/[^\p{L}\p{Nd}]/gu, "_");
  if (/^[0-9]/.test(cleaned)) {
    return `key_${cleaned}`;
  }
  return cleaned.startsWith("_") && !cleaned.startsWith("__") ? `key${cleaned}` : cleaned;
}

/** The unit of a metric in Prometheus' words; empty for none. */
export function prometheusUnit(unit: string): string {
  return Object.hasOwn(unitNames, unit) ? (unitNames[unit] ?? "") : words(unit).join("_");
}

/** The unit in UCUM that words of Prometheus stand for (`meters_per_second`); a word itself where it stands for none. */
export function ucumUnit(words: string): string {
  const per = words.indexOf("_per_");
  const rate = per < 0 ? "" : words.slice(per + "_per_".length);
  const main = unitOf(unitNames, per < 0 ? words : words.slice(0, per));
  return rate === "" ? main : `${main}/${unitOf(perUnits, rate)}`;
}

function unitOf(units: Readonly<Record<string, string>>, word: string): string {
  if (word === "ratio" && units === unitNames) {
    return "1";
  }
  return Object.entries(units).find(([, known]) => known === word && word !== "")?.[0] ?? word;
}

function addSuffixes(tokens: readonly string[], { unit, data }: OtlpMetric): readonly string[] {
  let out = [...tokens];
  const slash = unit.indexOf("/");
  const main = (slash < 0 ? unit : unit.slice(0, slash)).trim();
  const per = slash < 0 ? "" : unit.slice(slash + 1).trim();
  const mainWord = /[{}]/.test(main) ? "" : prometheusUnit(main);
  if (mainWord !== "" && !out.includes(mainWord)) {
    out.push(mainWord);
  }
  const perWord = /[{}]/.test(per) ? "" : Object.hasOwn(perUnits, per) ? (perUnits[per] ?? "") : words(per).join("_");
  if (perWord !== "" && !out.includes(perWord)) {
    out.push("per", perWord);
  }
  if (data.kind === "sum" && data.isMonotonic) {
    out = [...out.filter((word) => word !== "total"), "total"];
  }
  if (unit === "1" && data.kind === "gauge") {
    out = [...out.filter((word) => word !== "ratio"), "ratio"];
  }
  return out;
}

/** Without suffixes underscores and colons stay as they are. */
function wordsWithMarks(text: string): string[] {
  return text.split(/[^\p{L}\p{Nd}_:]+/u).filter((word) => word !== "");
}

function words(text: string): string[] {
  return text.split(/[^\p{L}\p{Nd}]+/u).filter((word) => word !== "");
}
