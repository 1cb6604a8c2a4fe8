/**
 * A request beyond the gRPC limit behind Grafana Cloud's gateway, or beyond what the tenant's rate limit takes at once, is
 * answered 429 forever (grafana/tempo#3831; Tempo's modules/distributor, "checkForRateLimits").
 */
const larger = /larger than max|batch size \(\d+ bytes\) exceeds/i;
const rateLimit = /ingestion rate limit \((?<limits>[^)]*)\) exceeded while adding (?<size>\d+) bytes/i;

/** Whether a 429 of Grafana's backends says that this request will never fit, however long one waits. */
export function exceedsGrafanaLimit(message: string): boolean {
  if (larger.test(message)) return true;
  const { limits = "", size = "" } = rateLimit.exec(message)?.groups ?? {};
  // What all instances take together says nothing about one request.
  const numbers = limits.split(",").filter((limit) => !limit.includes("global"));
  return numbers.length > 0 && numbers.every((limit) => Number(size) > Number(/\d+/.exec(limit)?.[0] ?? size));
}
