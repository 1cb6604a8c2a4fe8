import type { Random } from "../../shared/clock.ts";
import { createRelabel } from "../../shared/prometheus/relabel/relabel.ts";
import { compileRelabelRule, type RelabelRuleText } from "../../shared/prometheus/relabel/relabel-rule.ts";
import { schemaOfFactor } from "../../shared/prometheus/scrape/limit-histogram.ts";
import type { SampleRules, ScrapeProtocol } from "../../shared/prometheus/scrape/scrape-config.ts";
import { below, protobufBody } from "./protobuf-body.ts";

/** An answer of a target. */
export interface Answer {
  readonly contentType: string;
  readonly body: Buffer;
  readonly status: number;
}

/** A target: how it is scraped, in Prometheus' words and in ours, and its answers, one a scrape. */
export interface RandomTarget {
  readonly config: string;
  readonly rules: SampleRules;
  readonly fallback: ScrapeProtocol | undefined;
  readonly answers: readonly Answer[];
}

const relabelRules: readonly (RelabelRuleText & { readonly yaml: string })[] = [
  { action: "labeldrop", regex: "long.*", yaml: "{action: labeldrop, regex: 'long.*'}" },
  {
    action: "drop",
    source_labels: ["__name__"],
    regex: "m1.*",
    yaml: "{action: drop, source_labels: [__name__], regex: 'm1.*'}",
  },
  { action: "replace", source_labels: ["a"], target_label: "job", yaml: "{source_labels: [a], target_label: job}" },
  { action: "labelmap", regex: "exported_(.+)", yaml: "{action: labelmap, regex: exported_(.+)}" },
  {
    action: "keep",
    source_labels: ["a"],
    regex: "[0-2]?",
    yaml: "{action: keep, source_labels: [a], regex: '[0-2]?'}",
  },
];
const families = ["m0", "m1", "m2", "h", "s"];

/** Makes one up; own times are near `baseMs`. */
export function randomTarget(random: Random, baseMs: number): RandomTarget {
  const some = (share: number): boolean => random() < share;
  const honorLabels = some(0.3);
  const honorTimestamps = !some(0.2);
  const trackTimestampsStaleness = some(0.3);
  const samples = some(0.15) ? 1 + below(random, 12) : 0;
  const labels = some(0.1) ? 3 + below(random, 3) : 0;
  const labelNameBytes = some(0.1) ? 8 + below(random, 5) : 0;
  const labelValueBytes = some(0.1) ? 2 + below(random, 8) : 0;
  const nameScheme = some(0.4) ? "utf8" : "legacy";
  const native = some(0.7);
  const classicToo = some(0.4);
  const convertClassic = some(0.35);
  const buckets = some(0.2) ? 2 + below(random, 5) : 0;
  const factor = some(0.2) ? ([1.1, 1.5, 2.5][below(random, 3)] ?? 0) : 0;
  const extraMetrics = some(0.2);
  const fallback = some(0.5) ? undefined : ("PrometheusText0.0.4" as const);
  const relabel = some(0.3) ? relabelRules.filter(() => some(0.3)) : [];
  const config = `
  honor_labels: ${honorLabels}
  honor_timestamps: ${honorTimestamps}
  track_timestamps_staleness: ${trackTimestampsStaleness}
  sample_limit: ${samples}
  label_limit: ${labels}
  label_name_length_limit: ${labelNameBytes}
  label_value_length_limit: ${labelValueBytes}
  metric_name_validation_scheme: ${nameScheme}
  scrape_native_histograms: ${native}
  always_scrape_classic_histograms: ${classicToo}
  convert_classic_histograms_to_nhcb: ${convertClassic}
  native_histogram_bucket_limit: ${buckets}
  native_histogram_min_bucket_factor: ${factor}
  extra_scrape_metrics: ${extraMetrics}
  ${fallback ? `fallback_scrape_protocol: ${fallback}` : ""}
  metric_relabel_configs: [${relabel.map(({ yaml }) => yaml).join(", ")}]
`;
  const rules: SampleRules = {
    honorLabels,
    honorTimestamps,
    trackTimestampsStaleness,
    nameScheme,
    limits: { samples, labels, labelNameBytes, labelValueBytes },
    extraMetrics,
    histograms: { native, classicToo, convertClassic, buckets, maxSchema: schemaOfFactor(factor) },
    ...(relabel.length > 0 && { relabel: createRelabel(relabel.map(compiled), "metrics") }),
  };
  const kind = below(random, 3);
  // Whether a family has a TYPE line stays as it is: Prometheus goes on with what a line became when it was new.
  const typed = families.filter(() => some(0.7));
  const answers = Array.from({ length: 5 }, () => {
    const isOther = some(0.05);
    return answer(random, { baseMs, kind: isOther ? below(random, 3) : kind, typed });
  });
  return { config, rules, fallback, answers };
}

function compiled(text: RelabelRuleText) {
  const made = compileRelabelRule(text);
  if (made.kind !== "rule") throw new Error("a rule of the benchmark is wrong");
  return made.rule;
}

interface AnswerGiven {
  readonly baseMs: number;
  readonly kind: number;
  readonly typed: readonly string[];
}

function answer(random: Random, { baseMs, kind, typed }: AnswerGiven): Answer {
  const status = random() < 0.06 ? 500 : 200;
  if (kind === 2) {
    const contentType = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    return { contentType, body: protobufBody(random, baseMs), status };
  }
  const isStrict = kind === 1;
  const contentType =
    !isStrict && random() < 0.05
      ? ""
      : isStrict
        ? "application/openmetrics-text; version=1.0.0"
        : "text/plain; version=0.0.4";
  return { contentType, body: Buffer.from(text(random, { baseMs, isStrict, typed })), status };
}

interface TextGiven {
  readonly baseMs: number;
  readonly isStrict: boolean;
  readonly typed: readonly string[];
}

function text(random: Random, given: TextGiven): string {
  const lines: string[] = [];
  for (const family of families) {
    if (random() < 0.3) continue;
    if (given.typed.includes(family)) {
      const type = family === "h" ? "histogram" : family === "s" ? "summary" : family === "m0" ? "counter" : "gauge";
      lines.push(`# TYPE ${family} ${type}`);
    }
    if (random() < 0.3) lines.push(`# HELP ${family} some text`);
    lines.push(...familyLines(random, family, given));
  }
  if (random() < 0.04)
    lines.splice(
      below(random, lines.length + 1),
      0,
      ["9bad 1", "m0 x", 'm0{a="1",a="2"} 1', '{"m.dot","l.dot"="1"} 1'][below(random, 4)] ?? "",
    );
  if (given.isStrict && random() > 0.02) lines.push("# EOF");
  return lines.map((line) => `${line}\n`).join("");
}

function familyLines(random: Random, family: string, given: TextGiven): string[] {
  if (family === "h") {
    const time = ownTime(random, given, 0.1);
    // Parts of two histograms in turn are a histogram each time there, when they are converted.
    const own = below(random, 1.2);
    let sum = 0;
    const buckets = ["0.1", "1", "+Inf"].map((bound) => {
      sum += below(random, 4);
      return `h_bucket{a="${own}",le="${bound}"} ${sum}${time}${exemplar(random, given)}`;
    });
    const ends = [`h_sum{a="${own}"} ${below(random, 50) / 4}${time}`, `h_count{a="${own}"} ${sum}${time}`];
    const created = given.isStrict && random() < 0.3 ? [`h_created{a="${own}"} 1520430000.123`] : [];
    return [...buckets, ...ends.filter(() => random() < 0.95), ...created];
  }
  if (family === "s") {
    return [
      `s{quantile="0.5"} 2`,
      `s{quantile="1"} ${below(random, 9)}`,
      `s_sum ${below(random, 9)}`,
      `s_count ${below(random, 9)}`,
    ];
  }
  return Array.from({ length: 1 + below(random, 4) }, () => {
    const labels = [`a="${below(random, 5)}"`, ...extraLabels(random)];
    if (random() < 0.3) labels.reverse();
    const suffix = given.isStrict && random() < 0.5 ? "_total" : "";
    const value = random() < 0.1 ? "NaN" : random() < 0.02 ? "-Inf" : String(below(random, 100) / 8);
    return `${family}${suffix}{${labels.join(",")}} ${value}${ownTime(random, given, 0.2)}${exemplar(random, given)}`;
  });
}

function extraLabels(random: Random): readonly string[] {
  const all = [
    'job="own"',
    'instance=""',
    'exported_job="x"',
    'zone="own"',
    'empty=""',
    'long_label_name="some longer value"',
  ];
  return all.filter(() => random() < 0.1);
}

function ownTime(random: Random, { baseMs, isStrict }: TextGiven, share: number): string {
  if (random() >= share) return "";
  const timeMs =
    [baseMs - 5_000, baseMs - 4_000, baseMs - 3_000, baseMs + 60_000, baseMs + 3_600_000][below(random, 5)] ?? 0;
  return isStrict ? ` ${timeMs / 1_000}` : ` ${timeMs}`;
}

function exemplar(random: Random, { baseMs, isStrict }: TextGiven): string {
  if (!isStrict || random() < 0.7) return "";
  const time = random() < 0.5 ? ` ${(baseMs - below(random, 4) * 1_000) / 1_000}` : "";
  return ` # {trace_id="t${below(random, 3)}"} ${below(random, 9)}${time}`;
}
