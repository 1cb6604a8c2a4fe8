// An account has a few thousand metrics by name, whatever their dimensions: names are made once (bench/firehose.ts, gauges).
const maxKnown = 10_000;
const names = new Map<string, string>();
const suffixes = new Map<string, string>();

/**
 * The name that a metric of CloudWatch has as gauges, without its statistic: `AWS/EC2` and `CPUUtilization` are
 * `aws_ec2_cpuutilization`, in the manner of the exporters that ask CloudWatch for its metrics.
 */
export function gaugeName(namespace: string, metricName: string): string {
  const key = `${namespace}\n${metricName}`;
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = nameOf(namespace, metricName);
  keep(names, key, name);
  return name;
}

function nameOf(namespace: string, metricName: string): string {
  const space = plain(namespace.toLowerCase());
  const prefix = space.startsWith("aws") || space === "" ? space : `aws_${space}`;
  return [prefix, snakeCase(metricName)].filter((part) => part !== "").join("_") || "aws";
}

/** What a percentile is called, as CloudWatch writes it: 0.99 is `p99`, 0.999 is `p99.9`. */
export function percentileOf(quantile: number): string {
  return `p${Number((quantile * 100).toFixed(8))}`;
}

/** The end of a gauge's name for a statistic: `p99.9` is `p99_9`, `TM(25%:75%)` is `tm_25_75`, `TC(:10)` is `tc_min_10`. */
export function statisticSuffix(statistic: string): string {
  const known = suffixes.get(statistic);
  if (known !== undefined) return known;
  const suffix = plain(statistic.toLowerCase().replace("(:", "(min:").replace(":)", ":max)")) || "other";
  keep(suffixes, statistic, suffix);
  return suffix;
}

function keep(known: Map<string, string>, key: string, value: string): void {
  if (known.size >= maxKnown) known.clear();
  known.set(key, value);
}

function snakeCase(name: string): string {
  return plain(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase());
}

function plain(text: string): string {
  return text.replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
}
