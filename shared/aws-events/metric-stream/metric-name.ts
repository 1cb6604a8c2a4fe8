/**
 * The name that a metric of CloudWatch has as gauges, without its statistic: `AWS/EC2` and `CPUUtilization` are
 * `aws_ec2_cpuutilization`, in the manner of the exporters that ask CloudWatch for its metrics.
 */
export function gaugeName(namespace: string, metricName: string): string {
  const space = plain(namespace.toLowerCase());
  const prefix = space.startsWith("aws") || space === "" ? space : `aws_${space}`;
  return [prefix, snakeCase(metricName)].filter((part) => part !== "").join("_") || "aws";
}

/** What a percentile is called, as CloudWatch writes it: 0.99 is `p99`, 0.999 is `p99.9`. */
export function percentileOf(quantile: number): string {
  return `p${Number((quantile * 100).toFixed(8))}`;
}

/** The end of a gauge's name for a statistic: `p99.9` is `p99_9`, `TM(25%:75%)` is `tm_25_75`. */
export function statisticSuffix(statistic: string): string {
  return plain(statistic.toLowerCase()) || "other";
}

function snakeCase(name: string): string {
  return plain(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase());
}

function plain(text: string): string {
  return text.replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
}
