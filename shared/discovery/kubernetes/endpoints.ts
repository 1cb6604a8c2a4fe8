import { numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { hostPort, type TargetLabels, targetOf } from "../label-name.ts";
import { createBackingPods } from "./backing-pods.ts";
import {
  attachedNamespace,
  attachedNode,
  type KubernetesObject,
  type KubernetesStores,
  keyOf,
  namespaceOf,
  objectLabels,
  prefix,
} from "./object.ts";
import { serviceLabels } from "./service.ts";

/** One target for each address and port, and for the ports of the pods behind them that the service does not lead to. */
export function endpointsTargets(endpoints: KubernetesObject, stores: KubernetesStores): TargetLabels[] {
  const service = stores.services.get(keyOf(endpoints));
  const group = {
    [`${prefix}namespace`]: namespaceOf(endpoints),
    ...(service && serviceLabels(service)),
    ...objectLabels(endpoints, "endpoints"),
    ...attachedNamespace(stores, namespaceOf(endpoints)),
  };
  const pods = createBackingPods(stores);
  const targets = objectsOf(endpoints.subsets).flatMap((subset) =>
    objectsOf(subset.ports).flatMap((port) => {
      const number = numberOf(port.port) ?? 0;
      const protocol = textOf(port.protocol) ?? "";
      const add = (ready: boolean) => (address: KubernetesObject) => {
        const reference = objectOf(address.targetRef);
        const node = textOf(address.nodeName) ?? (reference.kind === "Node" ? textOf(reference.name) : undefined);
        return targetOf({
          __address__: hostPort(textOf(address.ip) ?? "", number),
          ...group,
          [`${prefix}endpoint_port_name`]: textOf(port.name) ?? "",
          [`${prefix}endpoint_port_protocol`]: protocol,
          [`${prefix}endpoint_ready`]: String(ready),
          ...(address.targetRef !== undefined && {
            [`${prefix}endpoint_address_target_kind`]: textOf(reference.kind) ?? "",
            [`${prefix}endpoint_address_target_name`]: textOf(reference.name) ?? "",
          }),
          [`${prefix}endpoint_node_name`]: textOf(address.nodeName),
          [`${prefix}endpoint_hostname`]: textOf(address.hostname) || undefined,
          ...attachedNode(stores, node),
          ...pods.labels(address.targetRef, { number, protocol }),
        });
      };
      return [...objectsOf(subset.addresses).map(add(true)), ...objectsOf(subset.notReadyAddresses).map(add(false))];
    }),
  );
  return [...targets, ...pods.rest(group)];
}
