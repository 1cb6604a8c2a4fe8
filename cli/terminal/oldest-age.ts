import { awsProblem } from "../../shared/aws/aws-problem.ts";
import { commandLimits, requestHandlerOf } from "../../shared/aws/request-handler.ts";

/** The age of the oldest message in seconds, or why it is not known. */
export type OldestAge =
  /** Seconds; undefined when CloudWatch has no value, as for a queue that nobody used for a while. */
  { readonly kind: "read"; readonly seconds?: number } | { readonly kind: "failed"; readonly reason: string };

/** Age of the oldest message of a queue, as CloudWatch saw it in the last minutes (SQS tells it nowhere else). */
export async function readOldestAge(queueName: string, now: number): Promise<OldestAge> {
  const { CloudWatchClient, GetMetricStatisticsCommand } = await import("@aws-sdk/client-cloudwatch");
  const client = new CloudWatchClient({ maxAttempts: 2, requestHandler: requestHandlerOf(commandLimits) });
  const command = new GetMetricStatisticsCommand({
    Namespace: "AWS/SQS",
    MetricName: "ApproximateAgeOfOldestMessage",
    Dimensions: [{ Name: "QueueName", Value: queueName }],
    StartTime: new Date(now - 600_000),
    EndTime: new Date(now),
    Period: 60,
    Statistics: ["Maximum"],
  });
  try {
    const { Datapoints = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(10_000) });
    const latest = Datapoints.sort((a, b) => Number(b.Timestamp ?? 0) - Number(a.Timestamp ?? 0))[0]?.Maximum;
    return latest === undefined ? { kind: "read" } : { kind: "read", seconds: latest };
  } catch (error) {
    const call = { action: "cloudwatch:GetMetricStatistics", resource: `queue ${queueName}` };
    return { kind: "failed", reason: awsProblem(error, call) };
  } finally {
    client.destroy();
  }
}
