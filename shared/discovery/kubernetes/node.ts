import { numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { hostPort, metaName, type TargetLabels, targetOf } from "../label-name.ts";
import { type KubernetesObject, type Labels, nameOf, objectLabels, prefix } from "./object.ts";

/** Which address of a node is taken, the best first. */
const order = ["InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "LegacyHostIP", "Hostname"];

/** The kubelet of a node; none when the node has no address. */
export function nodeTargets(node: KubernetesObject): TargetLabels[] {
  const status = objectOf(node.status);
  const addresses = new Map<string, string>();
  for (const { type, address } of objectsOf(status.addresses)) {
    const [kind, text] = [textOf(type) ?? "", textOf(address) ?? ""];
    if (!addresses.has(kind)) addresses.set(kind, text);
  }
  const address = order.map((type) => addresses.get(type)).find((found) => found !== undefined);
  if (address === undefined) return [];
  const port = numberOf(objectOf(objectOf(status.daemonEndpoints).kubeletEndpoint).Port) ?? 0;
  const labels: Labels = { __address__: hostPort(address, port), instance: nameOf(node) };
  labels[`${prefix}node_provider_id`] = textOf(objectOf(node.spec).providerID) ?? "";
  for (const condition of objectsOf(status.conditions)) {
    const type = metaName((textOf(condition.type) ?? "").toLowerCase());
    labels[`${prefix}node_condition_${type}`] = (textOf(condition.status) ?? "").toLowerCase();
  }
  Object.assign(labels, objectLabels(node, "node"));
  for (const [type, text] of addresses) labels[metaName(`${prefix}node_address_${type}`)] = text;
  return [targetOf(labels)];
}
