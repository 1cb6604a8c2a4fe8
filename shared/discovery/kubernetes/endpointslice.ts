import { type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from "../json.ts";
import { hostPort, metaName, type TargetLabels, targetOf } from "../label-name.ts";
import { createBackingPods } from "./backing-pods.ts";
import {
  attachedNamespace,
  attachedNode,
  type KubernetesObject,
  type KubernetesStores,
  type Labels,
  namespaceOf,
  objectLabels,
  prefix,
  storeKey,
} from "./object.ts";
import { serviceLabels } from "./service.ts";

/** One target for each address and port of a slice, and for the other ports of the pods behind them. */
export function endpointsliceTargets(slice: KubernetesObject, stores: KubernetesStores): TargetLabels[] {
  const namespace = namespaceOf(slice);
  const name = textOf(objectOf(objectOf(slice.metadata).labels)["kubernetes.io/service-name"]);
  const service = name === undefined ? undefined : stores.services.get(storeKey(namespace, name));
  if (service && isSecondFamily(service, slice)) return [];
  const group = {
    [`${prefix}namespace`]: namespace,
    [`${prefix}endpointslice_address_type`]: textOf(slice.addressType) ?? "",
    ...objectLabels(slice, "endpointslice"),
    ...(service && serviceLabels(service)),
    ...attachedNamespace(stores, namespace),
  };
  const pods = createBackingPods(stores);
  const targets = objectsOf(slice.endpoints).flatMap((endpoint) =>
    objectsOf(slice.ports).flatMap((port) => {
      const number = numberOf(port.port);
      const addresses = Array.isArray(endpoint.addresses) ? endpoint.addresses.map(String) : [];
      return addresses.map((address) =>
        targetOf({
          __address__: number === undefined ? address : hostPort(address, number),
          ...group,
          ...portLabels(port),
          ...endpointLabels(endpoint),
          ...attachedNode(stores, nodeOf(endpoint)),
          ...pods.labels(endpoint.targetRef, { number, protocol: textOf(port.protocol) ?? "" }),
        }),
      );
    }),
  );
  return [...targets, ...pods.rest(group)];
}

function portLabels(port: JsonObject): Record<string, string | undefined> {
  const number = numberOf(port.port);
  return {
    [`${prefix}endpointslice_port_name`]: textOf(port.name),
    [`${prefix}endpointslice_port_protocol`]: textOf(port.protocol),
    [`${prefix}endpointslice_port`]: number === undefined ? undefined : String(number),
    [`${prefix}endpointslice_port_app_protocol`]: textOf(port.appProtocol),
  };
}

function endpointLabels(endpoint: JsonObject): Record<string, string | undefined> {
  const labels: Record<string, string | undefined> = {
    [`${prefix}endpointslice_endpoint_hostname`]: textOf(endpoint.hostname),
    [`${prefix}endpointslice_endpoint_node_name`]: textOf(endpoint.nodeName),
    [`${prefix}endpointslice_endpoint_zone`]: textOf(endpoint.zone),
    ...topologyLabels(endpoint),
  };
  for (const condition of ["ready", "serving", "terminating"]) {
    const value = objectOf(endpoint.conditions)[condition];
    if (typeof value === "boolean") labels[`${prefix}endpointslice_endpoint_conditions_${condition}`] = String(value);
  }
  if (endpoint.targetRef !== undefined) {
    const { kind, name } = objectOf(endpoint.targetRef);
    labels[`${prefix}endpointslice_address_target_kind`] = textOf(kind) ?? "";
    labels[`${prefix}endpointslice_address_target_name`] = textOf(name) ?? "";
  }
  return labels;
}

function topologyLabels(endpoint: JsonObject): Labels {
  const labels: Labels = {};
  for (const [name, value] of textsOf(endpoint.deprecatedTopology)) {
    labels[`${prefix}endpointslice_endpoint_topology_${metaName(name)}`] = value;
    labels[`${prefix}endpointslice_endpoint_topology_present_${metaName(name)}`] = "true";
  }
  return labels;
}

function nodeOf(endpoint: JsonObject): string | undefined {
  const { kind, name } = objectOf(endpoint.targetRef);
  return kind === "Node" ? textOf(name) : textOf(endpoint.nodeName);
}

/** A service of two IP families has a slice for each: the second one would double its targets. */
function isSecondFamily(service: KubernetesObject, slice: KubernetesObject): boolean {
  const { ipFamilyPolicy, ipFamilies } = objectOf(service.spec);
  if (ipFamilyPolicy !== "PreferDualStack" && ipFamilyPolicy !== "RequireDualStack") return false;
  return Array.isArray(ipFamilies) && ipFamilies.length > 0 && ipFamilies[0] !== slice.addressType;
}
