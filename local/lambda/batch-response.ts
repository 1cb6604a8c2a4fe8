/**
 * The messages that a function reports as failed, as Lambda reads it with ReportBatchItemFailures: nothing, null and an
 * empty list are success; an identifier that is empty, null, misnamed or unknown, or an answer that is none, fails the
 * whole batch (Lambda guide, "Handling errors for an SQS event source", conditions of success and failure).
 */
export function failuresOf(response: unknown, messageIds: ReadonlySet<string>): ReadonlySet<string> | "all" {
  if (response === undefined || response === null) return new Set();
  if (typeof response !== "object") return "all";
  const { batchItemFailures } = response as { batchItemFailures?: unknown };
  if (batchItemFailures === undefined || batchItemFailures === null) return new Set();
  if (!Array.isArray(batchItemFailures)) return "all";
  const failed = new Set<string>();
  for (const failure of batchItemFailures as unknown[]) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof identifier !== "string" || !messageIds.has(identifier)) return "all";
    failed.add(identifier);
  }
  return failed;
}
