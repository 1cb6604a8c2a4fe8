import { type EcsHost, ownInterface } from "./ecs-hosts.ts";
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
  /** Instances of EC2 by the ARNs of container instances. */
  readonly hosts?: ReadonlyMap<string, EcsHost>;
  /** Public addresses by network interface. */
  readonly publicAddresses?: ReadonlyMap<string, string>;
}

const prefix = "__meta_ecs_";

/**
 * Targets of an answer to `DescribeTasks`: one for each running task with an address of its own, which those in the network mode
 * `awsvpc` have (all of Fargate), or else that of its host, where `hosts` has it. Labels are those of Prometheus' `aws_sd_config` with the
 * role `ecs` (discovery/aws/ecs.go, v0.313).
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

function taskTarget(task: JsonObject, surroundings: EcsSurroundings): TargetLabels[] {
  const { region, port, services, cluster: owner } = surroundings;
  const instance = textOf(task.containerInstanceArn);
  const host = surroundings.hosts?.get(instance ?? "");
  const own = ownInterface(task);
  const address = own ? (own.get("privateIPv4Address") ?? own.get("privateIPv6Address")) : host?.privateIp;
  const status = textOf(task.lastStatus);
  if (address === undefined || status !== "RUNNING") {
    return [];
  }
  const name = serviceOf(task);
  const service = services?.get(name ?? "");
  const cluster = textOf(task.clusterArn);
  const facts = {
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
    subnet_id: own ? own.get("subnetId") : host?.subnet,
    availability_zone: textOf(task.availabilityZone),
    launch_type: textOf(task.launchType),
    desired_status: textOf(task.desiredStatus),
    last_status: status,
    health_status: textOf(task.healthStatus),
    platform_family: textOf(task.platformFamily),
    platform_version: textOf(task.platformVersion),
    network_mode: own ? "awsvpc" : "bridge",
    public_ip: own ? surroundings.publicAddresses?.get(own.get("networkInterfaceId") ?? "") : host?.publicIp,
    container_instance_arn: instance,
    ec2_instance_id: host?.id,
    ec2_instance_type: host?.type,
    ec2_instance_private_ip: host?.privateIp,
    ec2_instance_public_ip: host?.publicIp,
  };
  const tags = [...tagsOf("cluster", owner), ...tagsOf("service", service), ...tagsOf("task", task)];
  const hostTags = (host?.tags ?? []).map(([key, value]) => [`tag_ec2_${metaName(key)}`, value] as const);
  const labels = [...Object.entries(facts), ...tags, ...hostTags].map(([name, value]) => [`${prefix}${name}`, value]);
  return [targetOf({ __address__: hostPort(address, port), ...Object.fromEntries(labels) })];
}

function tagsOf(whose: string, of: JsonObject | undefined): (readonly [string, string | undefined])[] {
  return objectsOf(of?.tags).map(({ key, value }) => [`tag_${whose}_${metaName(textOf(key) ?? "")}`, textOf(value)]);
}

/** The name at the end of an ARN. */
function lastPart(arn: string | undefined): string | undefined {
  return arn?.slice(arn.lastIndexOf("/") + 1);
}
