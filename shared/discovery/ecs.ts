import { type JsonObject, objectOf, objectsOf, textOf } from "./json.ts";
import { hostPort, metaName, type TargetLabels, targetOf } from "./label-name.ts";

/** What targets of ECS need beside the answer. */
export interface EcsSurroundings {
  readonly region: string;
  readonly port: number;
  /** Services by name, as `DescribeServices` has them; what is not there has no labels. */
  readonly services?: ReadonlyMap<string, JsonObject>;
  /** The cluster as `DescribeClusters` has it. */
  readonly cluster?: JsonObject;
}

const prefix = "__meta_ecs_";

/**
 * Targets of an answer to `DescribeTasks`: one for each running task with an address of its own, which those in the network mode
 * `awsvpc` have (all of Fargate). Labels are those of Prometheus' `aws_sd_config` with the role `ecs` (discovery/aws/ecs.go, v0.313), but for
 * what it asks of EC2: the instance, the public address.
 */
export function ecsTargets(answer: unknown, surroundings: EcsSurroundings): TargetLabels[] {
  return objectsOf(objectOf(answer).tasks).flatMap((task) => taskTarget(task, surroundings));
}

/** The names of the services that the tasks of an answer to `DescribeTasks` belong to. */
export function ecsServices(answer: unknown): readonly string[] {
  const names = objectsOf(objectOf(answer).tasks).flatMap((task) => serviceOf(task) ?? []);
  return [...new Set(names)];
}

function serviceOf(task: JsonObject): string | undefined {
  const group = textOf(task.group);
  return group?.startsWith("service:") ? group.slice("service:".length) : undefined;
}

function taskTarget(task: JsonObject, { region, port, services, cluster: owner }: EcsSurroundings): TargetLabels[] {
  const details = interfaceOf(task);
  const address = details.get("privateIPv4Address") ?? details.get("privateIPv6Address");
  const status = textOf(task.lastStatus);
  if (address === undefined || status !== "RUNNING") {
    return [];
  }
  const name = serviceOf(task);
  const service = services?.get(name ?? "");
  const cluster = textOf(task.clusterArn);
  const own = {
    region,
    cluster: lastPart(cluster),
    cluster_arn: cluster,
    service: name,
    service_arn: textOf(service?.serviceArn),
    service_status: textOf(service?.status),
    task_group: textOf(task.group),
    task_arn: textOf(task.taskArn),
    task_definition: textOf(task.taskDefinitionArn),
    ip_address: address,
    subnet_id: details.get("subnetId"),
    availability_zone: textOf(task.availabilityZone),
    launch_type: textOf(task.launchType),
    desired_status: textOf(task.desiredStatus),
    last_status: status,
    health_status: textOf(task.healthStatus),
    platform_family: textOf(task.platformFamily),
    platform_version: textOf(task.platformVersion),
    network_mode: "awsvpc",
  };
  const tags = [...tagsOf("cluster", owner), ...tagsOf("service", service), ...tagsOf("task", task)];
  const labels = [...Object.entries(own), ...tags].map(([name, value]) => [`${prefix}${name}`, value]);
  return [targetOf({ __address__: hostPort(address, port), ...Object.fromEntries(labels) })];
}

function tagsOf(whose: string, of: JsonObject | undefined): (readonly [string, string | undefined])[] {
  return objectsOf(of?.tags).map(({ key, value }) => [`tag_${whose}_${metaName(textOf(key) ?? "")}`, textOf(value)]);
}

function interfaceOf(task: JsonObject): ReadonlyMap<string, string> {
  const attached = objectsOf(task.attachments).find(({ type }) => type === "ElasticNetworkInterface");
  return new Map(
    objectsOf(attached?.details).flatMap(({ name, value }): [string, string][] => {
      const [key, text] = [textOf(name), textOf(value)];
      return key === undefined || text === undefined ? [] : [[key, text]];
    }),
  );
}

/** The name at the end of an ARN. */
function lastPart(arn: string | undefined): string | undefined {
  return arn?.slice(arn.lastIndexOf("/") + 1);
}
