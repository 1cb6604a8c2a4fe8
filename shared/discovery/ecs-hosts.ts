import { type JsonObject, objectOf, objectsOf, textOf } from "./json.ts";
import { type XmlElement, xmlItems, xmlText } from "./xml.ts";

/** An instance of EC2 that tasks run on. */
export interface EcsHost {
  readonly id: string;
  /** The rest is there where EC2 was asked, and answered. */
  readonly privateIp?: string | undefined;
  readonly publicIp?: string | undefined;
  readonly type?: string | undefined;
  readonly subnet?: string | undefined;
  readonly tags?: readonly (readonly [string, string])[];
}

/** Identifiers of the instances of EC2 by the ARNs of container instances, out of an answer to `DescribeContainerInstances`. */
export function hostIds(answer: unknown): ReadonlyMap<string, string> {
  const pairs = objectsOf(objectOf(answer).containerInstances).flatMap((each): [string, string][] => {
    const [arn, id] = [textOf(each.containerInstanceArn), textOf(each.ec2InstanceId)];
    return arn === undefined || id === undefined ? [] : [[arn, id]];
  });
  return new Map(pairs);
}

/** Hosts by their identifiers, out of an answer to `DescribeInstances`. */
export function hostsById(answer: XmlElement): ReadonlyMap<string, EcsHost> {
  const instances = xmlItems(answer, "reservationSet").flatMap((reservation) => xmlItems(reservation, "instancesSet"));
  return new Map(instances.map(hostOf).map((host) => [host.id, host]));
}

function hostOf(instance: XmlElement): EcsHost {
  const text = (path: string) => xmlText(instance, path) || undefined;
  return {
    id: text("instanceId") ?? "",
    privateIp: text("privateIpAddress"),
    publicIp: text("ipAddress"),
    type: text("instanceType"),
    subnet: text("subnetId"),
    tags: xmlItems(instance, "tagSet").map((tag) => [xmlText(tag, "key") ?? "", xmlText(tag, "value") ?? ""]),
  };
}

/** The form of `DescribeNetworkInterfaces` for one page: a filter, since one that is gone would fail a list of identifiers. At most 200. */
export function describeInterfaces(ids: readonly string[], next: string): URLSearchParams {
  const form = new URLSearchParams({
    Action: "DescribeNetworkInterfaces",
    Version: "2016-11-15",
    MaxResults: "500",
    "Filter.1.Name": "network-interface-id",
  });
  ids.forEach((id, at) => {
    form.set(`Filter.1.Value.${at + 1}`, id);
  });
  if (next !== "") form.set("NextToken", next);
  return form;
}

/** Public addresses by network interface, of those that have one. */
export function publicAddresses(answer: XmlElement): ReadonlyMap<string, string> {
  const pairs = xmlItems(answer, "networkInterfaceSet").map(
    (each) => [xmlText(each, "networkInterfaceId") ?? "", xmlText(each, "association/publicIp") ?? ""] as const,
  );
  return new Map(pairs.filter(([, address]) => address !== ""));
}

/** ARNs of the container instances that the tasks of an answer to `DescribeTasks` run on: none on Fargate. */
export function containerInstances(answer: unknown): readonly string[] {
  const arns = objectsOf(objectOf(answer).tasks).flatMap((task) => textOf(task.containerInstanceArn) ?? []);
  return [...new Set(arns)];
}

/** What is told of a task's own network interface; undefined where it has none. */
export function ownInterface(task: JsonObject): ReadonlyMap<string, string> | undefined {
  const attached = objectsOf(task.attachments).find(({ type }) => type === "ElasticNetworkInterface");
  const pairs = objectsOf(attached?.details).flatMap(({ name, value }): [string, string][] => {
    const [key, text] = [textOf(name), textOf(value)];
    return key === undefined || text === undefined ? [] : [[key, text]];
  });
  return attached && new Map(pairs);
}
