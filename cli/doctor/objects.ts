import { awsProblem } from "../../shared/aws/aws-problem.ts";
import { commandLimits, requestHandlerOf } from "../../shared/aws/request-handler.ts";
import { type BucketStatus, readBucketStatus } from "../../shared/aws/s3/bucket-status.ts";
import { serviceEndpoint } from "../../shared/aws/service-endpoint.ts";
import { errorText } from "../../shared/error-text.ts";
import { queueClient, statusOf } from "../status/queues.ts";
import { type Check, failed, ok, skipped, warning } from "./check.ts";

/** What the stack says of itself. */
type Output = (name: string) => string | undefined;

/**
 * Where buckets are read: does something invoke the reader, can it read the objects that are announced, and does each bucket announce them, and
 * not of its own reading? Nothing where no bucket is named.
 */
export async function checkObjects(stage: string, output: Output): Promise<readonly Check[]> {
  const buckets = output("LogBuckets")?.split(",") ?? [];
  const queueArn = output("ObjectsQueueArn") ?? "";
  if (buckets.length === 0) return [];
  const [reader, letters, ...told] = await Promise.all([
    invoked(stage),
    deadLetters(stage),
    ...buckets.map((bucket) => tells(bucket, queueArn)),
  ]);
  return [reader, letters, ...told];
}

async function invoked(stage: string): Promise<Check> {
  const name = "objects";
  const FunctionName = `sluice-${stage}-objects`;
  const { LambdaClient, ListEventSourceMappingsCommand } = await import("@aws-sdk/client-lambda");
  const client = new LambdaClient({ maxAttempts: 2, requestHandler: requestHandlerOf(commandLimits) });
  try {
    const command = new ListEventSourceMappingsCommand({ FunctionName });
    const { EventSourceMappings: [found] = [] } = await client.send(command, {
      abortSignal: AbortSignal.timeout(10_000),
    });
    if (!found) return failed(name, `Nothing invokes ${FunctionName}.`, `npx sls deploy --stage ${stage}`);
    if (found.State === "Enabled") return ok(name, `${FunctionName} is invoked`);
    const enable = `aws lambda update-event-source-mapping --uuid ${found.UUID} --enabled`;
    return failed(name, `The mapping to ${FunctionName} is ${found.State}: notices stay in their queue.`, enable);
  } catch (error) {
    return skipped(name, awsProblem(error, { action: "lambda:ListEventSourceMappings", resource: FunctionName }));
  } finally {
    client.destroy();
  }
}

async function deadLetters(stage: string): Promise<Check> {
  const name = "objects dead letters";
  const client = await queueClient({ env: process.env });
  try {
    const status = await statusOf(client, undefined, `sluice-${stage}-objects-dead-letters`);
    if (status.kind === "failed") return skipped(name, status.reason);
    const count = status.waiting + status.inFlight + status.delayed;
    if (count === 0) return ok(name, "none");
    const look = `sluice dead-letters list --stage ${stage} --reason unreadable`;
    return failed(name, `${count} notices of objects that cannot be read.`, look);
  } finally {
    client.destroy();
  }
}

async function tells(bucket: string, queueArn: string): Promise<Check> {
  const region = queueArn.split(":")[3] ?? "";
  return judgeBucket({ bucket, queueArn }, await bucketStatusOf(bucket, region));
}

async function bucketStatusOf(bucket: string, region: string): Promise<BucketStatus> {
  try {
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
    const credentials = await defaultProvider()();
    const { env } = process;
    return await readBucketStatus(
      { bucket, region },
      {
        credentials: () => credentials,
        now: Date.now,
        endpointOf: (at) => serviceEndpoint("s3", at, env),
        pathStyle: Boolean(env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL),
      },
    );
  } catch (error) {
    return { kind: "failed", reason: errorText(error) };
  }
}

/** What a bucket's own configuration means for the reader of its objects. */
export function judgeBucket(
  { bucket, queueArn }: { readonly bucket: string; readonly queueArn: string },
  status: BucketStatus,
): Check {
  const name = `bucket ${bucket}`;
  if (status.kind === "failed") return skipped(name, status.reason);
  if (status.logsInto === bucket) {
    const detail = "Its access logs go into itself: each object that is read makes S3 write another one.";
    return failed(name, detail, `Let its access logs go into another bucket, or take ${bucket} out of logBuckets`);
  }
  const notifiesQueue = status.notifies.includes(queueArn);
  if (notifiesQueue && status.tellsEventBridge) {
    const detail = "It tells of each object twice, through EventBridge and by itself.";
    return warning(name, detail, `Take ${queueArn} out of its notifications`);
  }
  if (notifiesQueue || status.tellsEventBridge) return ok(name, "tells of its objects");
  if (status.notifies.some((arn) => arn.includes(":sns:"))) return ok(name, "notifies a topic");
  return failed(
    name,
    "It tells nobody of new objects.",
    `aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration '{"EventBridgeConfiguration":{}}', which replaces its notifications`,
  );
}
