import { describeInstances } from "../../../shared/discovery/ec2.ts";
import {
  containerInstances,
  describeInterfaces,
  type EcsHost,
  hostIds,
  hostsById,
  ownInterface,
  publicAddresses,
} from "../../../shared/discovery/ecs-hosts.ts";
import { type JsonObject, objectsOf } from "../../../shared/discovery/json.ts";
import type { XmlElement } from "../../../shared/discovery/xml.ts";

/** Calls that may be refused: then they answer nothing. */
export interface EcsHostCalls {
  ecs(action: string, input: object): Promise<JsonObject>;
  ec2(action: string, form: (next: string) => URLSearchParams): Promise<readonly XmlElement[]>;
}

/** Container instances that `DescribeContainerInstances` takes at a time. */
const maxContainerInstances = 100;
/** Values that a filter of EC2 takes. */
const maxValues = 200;

/** What tasks of a cluster need of EC2: their hosts, which only those outside Fargate have, and their public addresses. */
export async function lookUpHosts(
  cluster: string,
  answers: readonly JsonObject[],
  calls: EcsHostCalls,
): Promise<{ readonly hosts: ReadonlyMap<string, EcsHost>; readonly publicAddresses: ReadonlyMap<string, string> }> {
  const arns = [...new Set(answers.flatMap(containerInstances))];
  const ids = new Map<string, string>();
  for (const some of batches(arns, maxContainerInstances)) {
    const answer = await calls.ecs("DescribeContainerInstances", { cluster, containerInstances: some });
    for (const [arn, id] of hostIds(answer)) ids.set(arn, id);
  }
  const found = new Map<string, EcsHost>();
  for (const values of batches([...new Set(ids.values())], maxValues)) {
    const filter = [{ name: "instance-id", values }];
    for (const answer of await calls.ec2("DescribeInstances", (next) => describeInstances(filter, next))) {
      for (const [id, host] of hostsById(answer)) found.set(id, host);
    }
  }
  const addresses = new Map<string, string>();
  const tasks = answers.flatMap(({ tasks }) => objectsOf(tasks));
  const interfaces = tasks.flatMap((task) => ownInterface(task)?.get("networkInterfaceId") ?? []);
  for (const some of batches(interfaces, maxValues)) {
    for (const answer of await calls.ec2("DescribeNetworkInterfaces", (next) => describeInterfaces(some, next))) {
      for (const [id, address] of publicAddresses(answer)) addresses.set(id, address);
    }
  }
  const hosts = new Map([...ids].map(([arn, id]) => [arn, found.get(id) ?? { id }]));
  return { hosts, publicAddresses: addresses };
}

function batches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}
