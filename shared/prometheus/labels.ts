/**
 * Labels of a series: name, value, name, value … in order of the names' bytes; each name once, no value empty.
 * Shared between series and never changed.
 */
export type Labels = readonly string[];

/** The label that holds the name of the metric. */
export const metricName = "__name__";

const legacyMetricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const legacyLabelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** What UTF-8 cannot hold: half of a pair. */
const loneSurrogate = /\p{Cs}/u;

/** Which names are valid: `legacy` is the old character set, `utf8` any text (Prometheus' `metric_name_validation_scheme`). */
export type NameScheme = "legacy" | "utf8";

/** Sorts labels and leaves out those without a value; of equal names the last one stays. */
export function labelsOf(pairs: Iterable<readonly [string, string]>): Labels {
  const sorted = [...new Map(pairs)].filter(([, value]) => value !== "").sort(([a], [b]) => compareNames(a, b));
  return sorted.flat();
}

/** The value of a label; empty text where it is absent, as Prometheus sees it. */
export function labelValue(labels: Labels, name: string): string {
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === name) {
      return labels[i + 1] ?? "";
    }
  }
  return "";
}

/** The labels as pairs of name and value. */
export function labelPairs(labels: Labels): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < labels.length; i += 2) {
    pairs.push([labels[i] ?? "", labels[i + 1] ?? ""]);
  }
  return pairs;
}

/** One text per set of labels, for maps. */
export function labelsKey(labels: Labels): string {
  return labels.join("\xff");
}

/** The labels as Prometheus prints a series: `up{job="a"}`. */
export function formatLabels(labels: Labels): string {
  const others = labelPairs(labels).filter(([name]) => name !== metricName);
  const inner = others.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ");
  const name = labelValue(labels, metricName);
  return name !== "" && inner === "" ? name : `${name}{${inner}}`;
}

/** Whether the name of a label may be sent under a scheme. */
export function isLabelName(name: string, scheme: NameScheme): boolean {
  return scheme === "legacy" ? legacyLabelName.test(name) : name !== "" && !loneSurrogate.test(name);
}

/** Whether the name of a metric is valid under a scheme. */
export function isMetricName(name: string, scheme: NameScheme): boolean {
  return scheme === "legacy" ? legacyMetricName.test(name) : name !== "" && !loneSurrogate.test(name);
}

/** Order of bytes in UTF-8, which differs from JavaScript's only where surrogates meet the end of the basic plane. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) {
      return planeOrder(left) - planeOrder(right);
    }
  }
  return a.length - b.length;
}

function planeOrder(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
