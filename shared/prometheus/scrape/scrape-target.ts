import { type Labels, labelsOf } from "../labels.ts";
import { formatPrometheusDuration, parsePrometheusDuration } from "../prometheus-duration.ts";

/** What a job says about all its targets. */
export interface ScrapeJob {
  readonly job: string;
  readonly scheme: string;
  readonly metricsPath: string;
  readonly params: ReadonlyMap<string, readonly string[]>;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** A target that can be scraped. */
export interface ScrapeTarget {
  /** Labels of its series. */
  readonly labels: Labels;
  readonly url: string;
  /** `host:port` as given, and the path with the query. */
  readonly address: string;
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Equal for targets that are one. */
  readonly key: string;
  /** What its labels say instead of the job. */
  readonly histograms: HistogramChoices;
}

/** How native and classic histograms of a target are taken; absent: as the job says. */
export interface HistogramChoices {
  readonly native?: boolean;
  readonly classicToo?: boolean;
  readonly convertClassic?: boolean;
}

/** Labels of a target by which it says so (Prometheus 3.13, scrape/target.go), and what they are called in an error. */
const choices = {
  convertClassic: { label: "__convert_classic_histograms_to_nhcb__", says: "convert classic histograms to nhcb" },
  classicToo: { label: "__always_scrape_classic_histograms__", says: "always scrape classic histograms" },
  native: { label: "__scrape_native_histograms__", says: "scrape native histograms" },
} as const;
const truths: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const untruths: ReadonlySet<string> = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** A target, or why its labels make none. */
export type MadeTarget =
  | { readonly kind: "target"; readonly target: ScrapeTarget }
  | { readonly kind: "rejected"; readonly reason: string };

/** Makes a target out of the labels that discovery and rules gave it (prometheus.md §5). */
export function makeScrapeTarget(discovered: ReadonlyMap<string, string>, job: ScrapeJob): MadeTarget {
  const labels = new Map([...discovered].filter(([, value]) => value !== ""));
  const addDefault = (name: string, value: string): void => {
    if (!labels.has(name) && value !== "") {
      labels.set(name, value);
    }
  };
  addDefault("job", job.job);
  addDefault("__scrape_interval__", formatPrometheusDuration(job.intervalMs));
  addDefault("__scrape_timeout__", formatPrometheusDuration(job.timeoutMs));
  addDefault("__metrics_path__", job.metricsPath);
  addDefault("__scheme__", job.scheme);
  for (const [name, [first]] of job.params) {
    addDefault(`__param_${name}`, first ?? "");
  }
  const address = labels.get("__address__") ?? "";
  const reason = refuse(labels, address);
  if (reason !== undefined) {
    return { kind: "rejected", reason };
  }
  addDefault("instance", address);
  const path = `${pathOf(labels.get("__metrics_path__") ?? "")}${queryOf(labels, job.params)}`;
  const url = `${labels.get("__scheme__") ?? "http"}://${escapeHost(address)}${path}`;
  const own = labelsOf([...labels].filter(([name]) => !name.startsWith("__")));
  const kept = labelsOf([...labels].filter(([name]) => !name.startsWith("__meta_")));
  return {
    kind: "target",
    target: {
      labels: own,
      url,
      address,
      path,
      intervalMs: parsePrometheusDuration(labels.get("__scrape_interval__") ?? "") ?? job.intervalMs,
      timeoutMs: parsePrometheusDuration(labels.get("__scrape_timeout__") ?? "") ?? job.timeoutMs,
      histograms: chosen(labels),
      key: `${kept.join("\xff")}\xff${url}`,
    },
  };
}

/** When a target is scraped within its interval: the same after a restart, and spread over the targets. */
export function scrapeOffsetMs({ key, intervalMs }: Pick<ScrapeTarget, "key" | "intervalMs">): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  return Math.floor(((hash ^ (hash >>> 13)) >>> 0) % Math.max(1, intervalMs));
}

/** The time of a scrape's samples: what the schedule says, where the scrape began at most 2 ms (1 % of the interval) off it. */
export function alignedTimeMs(startMs: number, scheduledMs: number, intervalMs: number): number {
  const tolerance = Math.min(2, intervalMs / 100);
  return Math.abs(startMs - scheduledMs) <= tolerance ? Math.round(scheduledMs) : Math.floor(startMs);
}

function refuse(labels: ReadonlyMap<string, string>, address: string): string | undefined {
  if (address === "") {
    return "no address";
  }
  if (address.includes("/")) {
    return `${JSON.stringify(address)} is not a valid hostname`;
  }
  const interval = labels.get("__scrape_interval__") ?? "";
  const timeout = labels.get("__scrape_timeout__") ?? "";
  const intervalMs = parsePrometheusDuration(interval);
  const timeoutMs = parsePrometheusDuration(timeout);
  if (intervalMs === undefined) {
    return `error parsing scrape interval: not a valid duration string: ${JSON.stringify(interval)}`;
  }
  if (intervalMs === 0) {
    return "scrape interval cannot be 0";
  }
  if (timeoutMs === undefined) {
    return `error parsing scrape timeout: not a valid duration string: ${JSON.stringify(timeout)}`;
  }
  if (timeoutMs === 0) {
    return "scrape timeout cannot be 0";
  }
  for (const { label, says } of Object.values(choices)) {
    const value = labels.get(label) ?? "true";
    if (!truths.has(value) && !untruths.has(value)) {
      return `error parsing ${says}: ${JSON.stringify(value)} is neither true nor false`;
    }
  }
  return timeoutMs > intervalMs
    ? `scrape timeout cannot be greater than scrape interval (${JSON.stringify(timeout)} > ${JSON.stringify(interval)})`
    : undefined;
}

function chosen(labels: ReadonlyMap<string, string>): HistogramChoices {
  const given = Object.entries(choices).flatMap(([name, { label }]) => {
    const value = labels.get(label);
    return value === undefined ? [] : [[name, truths.has(value)] as const];
  });
  return Object.fromEntries(given);
}

function pathOf(metricsPath: string): string {
  const path = metricsPath === "" || metricsPath.startsWith("/") ? metricsPath : `/${metricsPath}`;
  return encodeURI(path).replace(/[?#!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);
}

function queryOf(labels: ReadonlyMap<string, string>, params: ReadonlyMap<string, readonly string[]>): string {
  const values = new Map([...params].map(([name, given]) => [name, [...given]]));
  for (const [label, value] of labels) {
    if (label.startsWith("__param_")) {
      const name = label.slice("__param_".length);
      values.set(name, [value, ...(values.get(name)?.slice(1) ?? [])]);
    }
  }
  const pairs = [...values]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, given]) => given.map((value) => `${escapeQuery(name)}=${escapeQuery(value)}`));
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** As Go writes the host of a URL: what cannot be part of one does not become a user or a path. */
function escapeHost(address: string): string {
  return address.replace(/[^a-zA-Z0-9\-_.~!$&'()*+,;=:[\]<>"]+/g, encodeURIComponent);
}

/** As Go's `url.QueryEscape`. */
function escapeQuery(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]|%20/g, (found) =>
    found === "%20" ? "+" : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
