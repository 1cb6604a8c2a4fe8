import { type AnyValue, ListValue } from "../../../../shared/edit/any-value.ts";
import type { Detector, Surroundings } from "./detector.ts";

const instanceMetadata = "http://169.254.169.254";

type Json = Readonly<Record<string, unknown>>;

/** `ec2`: the instance's identity document (IMDSv2). */
export const detectEc2: Detector = async ({ env, fetch }) => {
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === "true") throw new Error("AWS_EC2_METADATA_DISABLED is true");
  const latest = `${(env.AWS_EC2_METADATA_SERVICE_ENDPOINT || instanceMetadata).replace(/\/$/, "")}/latest`;
  const token = await fetch(`${latest}/api/token`, {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
  });
  const headers = { "x-aws-ec2-metadata-token": token };
  const document = parse(await fetch(`${latest}/dynamic/instance-identity/document`, { headers }));
  const hostname = await fetch(`${latest}/meta-data/hostname`, { headers });
  return mapOfTexts({
    "cloud.provider": "aws",
    "cloud.platform": "aws_ec2",
    "cloud.region": document.region,
    "cloud.account.id": document.accountId,
    "cloud.availability_zone": document.availabilityZone,
    "host.id": document.instanceId,
    "host.image.id": document.imageId,
    "host.type": document.instanceType,
    "host.name": hostname,
  });
};

/** `ecs`: the task's metadata, version 4 or 3. */
export const detectEcs: Detector = async ({ env, fetch }) => {
  const base = env.ECS_CONTAINER_METADATA_URI_V4 || env.ECS_CONTAINER_METADATA_URI;
  if (!base) throw new Error("ECS_CONTAINER_METADATA_URI_V4 is not set: this is not a task of ECS");
  const task = parse(await fetch(`${base}/task`));
  const container = parse(await fetch(base));
  const taskArn = text(task.TaskARN);
  const [, , , region = "", account = ""] = taskArn.split(":");
  const launchType = text(task.LaunchType).toLowerCase();
  const cluster = text(task.Cluster);
  const found = mapOfTexts({
    "cloud.provider": "aws",
    "cloud.platform": "aws_ecs",
    "cloud.region": region,
    "cloud.account.id": account,
    "cloud.availability_zone": task.AvailabilityZone,
    "aws.ecs.cluster.arn": cluster.startsWith("arn:")
      ? cluster
      : cluster && `arn:aws:ecs:${region}:${account}:cluster/${cluster}`,
    "aws.ecs.task.arn": taskArn,
    "aws.ecs.task.id": taskArn.split("/").at(-1),
    "aws.ecs.task.family": task.Family,
    "aws.ecs.task.revision": task.Revision,
    "aws.ecs.launchtype": launchType,
  });
  addLogs(found, container, { region, account });
  return found;
};

function addLogs(
  found: Map<string, AnyValue>,
  container: Json,
  { region, account }: { region: string; account: string },
): void {
  if (container.LogDriver !== "awslogs") return;
  const options = (container.LogOptions ?? {}) as Json;
  const group = text(options["awslogs-group"]);
  const stream = text(options["awslogs-stream"]);
  const arn = `arn:aws:logs:${text(options["awslogs-region"]) || region}:${account}:log-group:${group}`;
  if (group === "") return;
  found.set("aws.log.group.names", new ListValue([group]));
  found.set("aws.log.group.arns", new ListValue([arn]));
  if (stream === "") return;
  found.set("aws.log.stream.names", new ListValue([stream]));
  found.set("aws.log.stream.arns", new ListValue([`${arn}:log-stream:${stream}`]));
}

/** `lambda`: the environment of a function. */
export const detectLambda: Detector = async ({ env }: Surroundings) => {
  if (!env.AWS_LAMBDA_FUNCTION_NAME)
    throw new Error("AWS_LAMBDA_FUNCTION_NAME is not set: this is not a function of Lambda");
  const found = mapOfTexts({
    "cloud.provider": "aws",
    "cloud.platform": "aws_lambda",
    "cloud.region": env.AWS_REGION,
    "faas.name": env.AWS_LAMBDA_FUNCTION_NAME,
    "faas.version": env.AWS_LAMBDA_FUNCTION_VERSION,
    "faas.instance": env.AWS_LAMBDA_LOG_STREAM_NAME,
  });
  const memory = Number(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  if (memory > 0) found.set("faas.max_memory", BigInt(memory) * 2n ** 20n);
  if (env.AWS_LAMBDA_LOG_GROUP_NAME) found.set("aws.log.group.names", new ListValue([env.AWS_LAMBDA_LOG_GROUP_NAME]));
  if (env.AWS_LAMBDA_LOG_STREAM_NAME)
    found.set("aws.log.stream.names", new ListValue([env.AWS_LAMBDA_LOG_STREAM_NAME]));
  return found;
};

function parse(json: string): Json {
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== "object" || parsed === null) throw new Error("the metadata are not an object");
  return parsed as Json;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function mapOfTexts(values: Readonly<Record<string, unknown>>): Map<string, AnyValue> {
  return new Map(
    Object.entries(values).flatMap(([name, value]) => (text(value) === "" ? [] : [[name, text(value)] as const])),
  );
}
