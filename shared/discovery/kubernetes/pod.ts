import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { hostPort, type TargetLabels, targetOf } from "../label-name.ts";
import {
  attachedNamespace,
  attachedNode,
  controllerOf,
  type KubernetesObject,
  type KubernetesStores,
  type Labels,
  namespaceOf,
  objectLabels,
  prefix,
} from "./object.ts";

/** One target for each declared port of each container, one for a container without ports; none while there is no IP. */
export function podTargets(pod: KubernetesObject, stores: KubernetesStores): TargetLabels[] {
  const ip = textOf(objectOf(pod.status).podIP) ?? "";
  const node = textOf(objectOf(pod.spec).nodeName) ?? "";
  // A node that is not in the store was left out by a selector, and its pods with it.
  if (ip === "" || (stores.nodes && !stores.nodes.has(node))) return [];
  const group = {
    ...podLabels(pod),
    [`${prefix}namespace`]: namespaceOf(pod),
    ...attachedNode(stores, node),
    ...attachedNamespace(stores, namespaceOf(pod)),
  };
  return podContainers(pod).flatMap(({ container, init, id }) => {
    const own = {
      [`${prefix}pod_container_name`]: textOf(container.name) ?? "",
      [`${prefix}pod_container_id`]: id,
      [`${prefix}pod_container_image`]: textOf(container.image) ?? "",
      [`${prefix}pod_container_init`]: String(init),
    };
    const ports = objectsOf(container.ports);
    if (ports.length === 0) return [targetOf({ __address__: ip, ...group, ...own })];
    return ports.map((port) => {
      const number = numberOf(port.containerPort) ?? 0;
      return targetOf({
        __address__: hostPort(ip, number),
        ...group,
        ...own,
        [`${prefix}pod_container_port_name`]: textOf(port.name) ?? "",
        [`${prefix}pod_container_port_number`]: String(number),
        [`${prefix}pod_container_port_protocol`]: textOf(port.protocol) ?? "",
      });
    });
  });
}

/** Labels of the pod itself, without its namespace. */
export function podLabels(pod: KubernetesObject): Labels {
  const status = objectOf(pod.status);
  const owner = controllerOf(pod);
  const kind = textOf(owner?.kind) ?? "";
  const name = textOf(owner?.name) ?? "";
  const ready = objectsOf(status.conditions).find(({ type }) => type === "Ready");
  return {
    [`${prefix}pod_ip`]: textOf(status.podIP) ?? "",
    [`${prefix}pod_ready`]: (textOf(ready?.status) ?? "Unknown").toLowerCase(),
    [`${prefix}pod_phase`]: textOf(status.phase) ?? "",
    [`${prefix}pod_node_name`]: textOf(objectOf(pod.spec).nodeName) ?? "",
    [`${prefix}pod_host_ip`]: textOf(status.hostIP) ?? "",
    [`${prefix}pod_uid`]: textOf(objectOf(pod.metadata).uid) ?? "",
    ...objectLabels(pod, "pod"),
    ...(kind !== "" && { [`${prefix}pod_controller_kind`]: kind }),
    ...(name !== "" && { [`${prefix}pod_controller_name`]: name }),
  };
}

/** The containers of a pod, those of its start last. */
export function podContainers(
  pod: KubernetesObject,
): readonly { readonly container: JsonObject; readonly init: boolean; readonly id: string }[] {
  const { containers, initContainers } = objectOf(pod.spec);
  const { containerStatuses, initContainerStatuses } = objectOf(pod.status);
  const withIds = (list: unknown, statuses: unknown, init: boolean) =>
    objectsOf(list).map((container) => {
      const status = objectsOf(statuses).find(({ name }) => name === container.name);
      return { container, init, id: textOf(status?.containerID) ?? "" };
    });
  return [...withIds(containers, containerStatuses, false), ...withIds(initContainers, initContainerStatuses, true)];
}
